"""Scores of predictions against gold, counted sentence by sentence in bounded memory."""
