"""The parts that a person meets: the command line, batch, `--explain`, and the prompt."""
