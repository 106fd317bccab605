"""Logs of IMAP that other programs wrote: `formats` is the table of them, and each reader is a module here."""
