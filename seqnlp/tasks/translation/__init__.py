"""Translation: texts to texts."""
