"""Classification: labels for whole texts."""
