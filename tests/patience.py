"""How long a test waits for something that must come."""

PATIENCE = 120.0
"""Seconds.  Only a test that hangs takes as long, however slow the machine is and whatever else it does."""
