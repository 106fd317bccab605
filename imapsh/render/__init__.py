"""Values and tokens as styled text, JSON and hex.  It knows no terminal: it makes strings and fragments."""
