"""Training: the loop, checkpoints, the optimizer and the run directory."""
