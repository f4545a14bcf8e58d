"""Scores that compare predictions with gold labels, counted one sentence at a time."""
