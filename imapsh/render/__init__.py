"""Values and tokens as styled text, JSON and hex.  Knows no terminal: what it makes are strings and fragments."""
