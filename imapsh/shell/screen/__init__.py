"""What is shown, and where: formats, the printer, redirection targets, progress, notifications."""
