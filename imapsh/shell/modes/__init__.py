"""The modes besides prompt and batch, such as `--explain`, `--tap`, `--checkup` and `--serve-demo`."""
