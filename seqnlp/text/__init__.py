"""Text: tokenizers, sentences, vocabularies, subwords, word vectors and tagging schemes."""
