"""The built-in demo server: a small, honest IMAP server over a store in memory, sans-I/O.

`core.ServerSession` turns octets into octets, `demo.demo_store` seeds the mail, `listen.serve` puts it on a socket, and
`scripted.ScriptedServer` plays a hostile server for tests.
"""
