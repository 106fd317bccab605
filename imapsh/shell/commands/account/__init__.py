"""Commands about all mailboxes of an account at once."""
