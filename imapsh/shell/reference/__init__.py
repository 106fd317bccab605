r"""What has a name, explained: `\help NAME`, `--explain-name` and the pages of docs/reference read it here."""
