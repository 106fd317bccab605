"""Gets OAuth 2.0 tokens from a provider, by a client id of the user's own, and keeps them."""
