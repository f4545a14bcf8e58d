"""Folds for cross-validation. Each record is in the test split of exactly one fold."""

from collections import Counter
from collections.abc import Iterable
from typing import TypeVar

from seqnlp.corpora.corpus import Corpus
from seqnlp.errors import ConfigError, DataError

Record = TypeVar("Record")


def fold(records: Iterable[Record], number: int, count: int, name: str = "the corpus") -> Corpus[Record]:
    """Split records into train, dev and test for one fold.

    The records of each label, or set of labels, are distributed evenly over the folds. Fold `number` is test,
    the next fold is dev, and the others are train. Records without labels are one group.

    Args:
        records: All records, such as `LabelledText`.
        number: The number of the test fold, from 1.
        count: The number of folds, at least 3.
        name: The name of the corpus, for messages.

    Raises:
        ConfigError: The fold does not exist, or there are too few folds.
        DataError: A split has no record.

    Example:
        >>> texts = [LabelledText(text, ("a",)) for text in "one two three four five".split()]
        >>> [text.text for text in fold(texts, number=1, count=5).test]
        ['one']
    """
    if count < 3:
        raise ConfigError(f"{count} folds are too few: train, dev and test need at least one each")
    if not 1 <= number <= count:
        raise ConfigError(f"there is no fold {number} of {count}")
    splits: dict[str, list[Record]] = {"train": [], "dev": [], "test": []}
    split_of = {(number - 1) % count: "test", number % count: "dev"}
    seen: Counter[tuple[str, ...] | None] = Counter()
    for record in records:
        labels = getattr(record, "labels", None)
        splits[split_of.get(seen[labels] % count, "train")].append(record)
        seen[labels] += 1
    for split, chosen in splits.items():
        if not chosen:
            raise DataError(f"{seen.total()} records are too few for {count} folds: {split} has none", name)
    return Corpus(name, {split: chosen.copy for split, chosen in splits.items()})
