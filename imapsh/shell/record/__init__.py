"""The record of a connection: the last exchange, results, names, messages, times."""
