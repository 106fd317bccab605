"""SASL mechanisms: `step(challenge) -> bytes`, one a module (RFC 4422)."""
