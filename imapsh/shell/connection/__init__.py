"""One connection of a run: how it is opened, what its commands bring, and what happens on it by itself."""
