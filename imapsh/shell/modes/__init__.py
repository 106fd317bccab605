"""The modes besides prompt and batch: `--explain`, `--checkup`, `--serve-demo`, `--explain-name`, completion."""
