"""Frames and typed text <-> values: tokens, the strict and the tolerant cursor, the writer, and a module a family."""
