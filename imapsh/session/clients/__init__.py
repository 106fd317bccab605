"""A client as the other side sees it: its lines, and what is wrong with them."""
