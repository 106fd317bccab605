"""What is neither prompt nor batch: `--explain`, `--checkup`, `--serve-demo`, `--explain-name`, completion scripts."""
