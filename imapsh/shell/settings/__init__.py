"""The settings of the person: options, configuration, folders, and where passwords come from."""
