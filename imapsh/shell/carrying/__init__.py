"""What one line hands on to the next, or to a file: values, aliases, results, output."""
