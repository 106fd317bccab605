"""A session moved over a transport."""
