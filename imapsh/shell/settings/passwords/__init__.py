"""Where passwords and tokens come from."""
