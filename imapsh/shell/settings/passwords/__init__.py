"""The sources of passwords and tokens."""
