"""Programs and test suites of others, run with imaplib and with `imapsh.client.imap4` in its place.

None of their code is here: pip fetches it, and `build/programs` keeps it.  `python -m tests.programs` compares the
programs, and tells.
"""
