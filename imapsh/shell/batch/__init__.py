"""Commands without a prompt: a script's lines, its connections, and what its run comes to."""
