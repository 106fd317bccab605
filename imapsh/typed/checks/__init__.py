"""Checks of lines that fit their syntax.  Each family that has something to check has a module.

The row of a command names the function in `check`.  The function is given the pieces of the line and yields problems.
"""
