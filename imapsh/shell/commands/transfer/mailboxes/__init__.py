"""Mailboxes of two accounts: the names that a line gives, counterparts, and if two connections are of one account."""
