"""Typed text held against the table: tokens are matched to rows; problems, secrets and what may come next are found."""
