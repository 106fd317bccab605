"""From a typed line to steps: splitting, aliases, values, redirection, safety, login."""
