"""Typed text matched to the table's rows: problems, secrets, and what may come next."""
