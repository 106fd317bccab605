r"""`\duplicates`: mail that is in one mailbox more than once."""
