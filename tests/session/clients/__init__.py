"""Clients whose conduct is watched."""
