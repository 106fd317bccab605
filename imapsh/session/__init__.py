"""The conversation, sans-I/O: octets become events, commands become octets, and the state in between is kept."""
