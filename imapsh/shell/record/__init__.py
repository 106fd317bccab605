"""What a connection has taught: the last exchange, results, names, messages, times."""
