"""Typed text against the table: tokens matched to rows, what may come next, what is wrong, what is secret."""
