"""What may be wrong with a line that fits its syntax: a module for each family that has something to check.

The row of a command names the function in `check`.  It is given the pieces of the line, and yields problems.
"""
