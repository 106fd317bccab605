"""Turns a typed line into steps: splitting, aliases, values, redirection, safety, login."""
