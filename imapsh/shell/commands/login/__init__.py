"""Commands on how a connection was made, and why a login fails: `\\tls`, `\\why`."""
