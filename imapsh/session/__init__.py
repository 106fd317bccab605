"""The conversation, sans-I/O: octets to events, commands to octets, and what is known in between."""
