"""The built-in demo server: a small, honest IMAP server over an in-memory store, sans-I/O.

`core.ServerSession` turns octets into octets, `demo.demo_store` seeds the mail, `listen.serve` puts it on a socket,
`scripted.ScriptedServer` plays the liar for hostile tests.
"""
