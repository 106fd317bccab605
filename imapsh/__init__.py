"""imapsh: an interactive shell for IMAP, and the client library under it."""

__version__ = "0.1.0"
