"""Language models: predict the next character or word, continue texts, and score them."""
