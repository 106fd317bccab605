"""The line being typed: the prompt, its keys, toolbar, history and editor."""
