"""Completion, a module for each source of what may be typed; `imapsh.shell.completer` puts them before the person."""
