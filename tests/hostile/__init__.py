"""Hostile peers: floods, bombs, cuts; `docs/security.rst` names the promise that each test shows."""
