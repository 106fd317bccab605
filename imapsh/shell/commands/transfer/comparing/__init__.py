r"""`\compare`: which messages two mailboxes, or two accounts, do not share."""
