"""Cross-validation: a corpus dealt out anew, so that each of its texts is in a test part once."""

from collections import Counter
from collections.abc import Iterable

from seqnlp.corpora.corpus import Corpus
from seqnlp.errors import ConfigError, DataError
from seqnlp.records import LabelledText


def fold(
    texts: Iterable[LabelledText], number: int, count: int, name: str = "the corpus"
) -> Corpus[LabelledText]:
    """Deal texts out to train, dev and test.

    The texts of each label, or set of labels, are counted off in turn, so that every fold has its share of
    each. In fold `number` those of that number are test, those of the next one are dev, the others train.

    Args:
        texts: All texts.
        number: Which fold, from 1.
        count: How many folds there are, three at least.
        name: The corpus' name, for messages.

    Raises:
        ConfigError: There is no such fold, or there are too few.
        DataError: A part gets no text.
    """
    if count < 3:
        raise ConfigError(f"{count} folds are too few: train, dev and test need one each")
    if not 1 <= number <= count:
        raise ConfigError(f"there is no fold {number} of {count}")
    parts: dict[str, list[LabelledText]] = {"train": [], "dev": [], "test": []}
    part_of = {(number - 1) % count: "test", number % count: "dev"}
    seen: Counter[tuple[str, ...]] = Counter()
    for text in texts:
        parts[part_of.get(seen[text.labels] % count, "train")].append(text)
        seen[text.labels] += 1
    for part, chosen in parts.items():
        if not chosen:
            raise DataError(f"{seen.total()} texts are too few for {count} folds: {part} gets none", name)
    return Corpus(name, {part: chosen.copy for part, chosen in parts.items()})
