"""Messages of a mailbox that is selected on any connection: listed, identified, paired, read and appended."""
