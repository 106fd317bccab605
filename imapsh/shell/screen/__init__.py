"""The output of the shell, and its places: formats, the printer, redirection targets, progress, notifications."""
