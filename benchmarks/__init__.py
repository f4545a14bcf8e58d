"""Speed and quality, measured: each module is one command and writes the table that `docs/` shows."""
