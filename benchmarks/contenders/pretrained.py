"""The sizes of taggers with character language models."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """The sizes of the networks, and the length of their training.

    Attributes:
        characters: Size of a character embedding.
        language_units: Hidden units of each language model.
        words: Size of a word embedding.
        units: Hidden units of the tagger in each direction.
        rows: Parallel streams of the training of a language model.
        window: Characters of each stream in a batch.
        language_epochs: Epochs of a language model.
        batch_size: Sentences of a training batch of the tagger.
        epochs: Epochs of the tagger.
    """

    characters: int
    language_units: int
    words: int
    units: int
    rows: int
    window: int
    language_epochs: int
    batch_size: int
    epochs: int
