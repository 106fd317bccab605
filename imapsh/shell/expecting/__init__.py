"""A script that is a test: what it expects, the checks, the count and the report."""
