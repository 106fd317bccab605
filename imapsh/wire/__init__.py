"""Octets <-> frames.  A frame is a line plus the literals it announces; what the words mean is the grammar's."""
