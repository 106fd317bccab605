"""What the person has set: options, configuration, folders, and where passwords come from."""
