"""Learn subword vocabularies with tensorflow-text's WordPiece learner."""

from collections import Counter
from collections.abc import Iterable
from itertools import chain
from typing import Any

from seqnlp.errors import ConfigError, DataError
from seqnlp.text.tokenizers.exact import ALWAYS, marked_runs
from seqnlp.text.tokenizers.longest_match import CONTINUATION
from seqnlp.text.tokenizers.spaced import INNER, RESERVED, SpacedSubwords
from seqnlp.text.tokenizers.subwords import PADDING_SUBWORD, UNKNOWN_SUBWORD, Subwords

_BERT_RESERVED = [PADDING_SUBWORD, UNKNOWN_SUBWORD]  # ids 0 and 1: those of every open vocabulary
_MAX_CHARACTERS = 1000
_ALL_CHARACTERS = 1 << 20
_CHARACTER_SHARE = 4
"""Characters of exact subwords, each with two forms, fill at most a half of the vocabulary."""
_FEWEST_SUBWORDS = 4 * _CHARACTER_SHARE
_FEWEST_RUNS = 20_000
"""Exact subwords are learned from the most frequent runs: from this number, or 4 times that of subwords."""


def learn_subwords(texts: Iterable[str], size: int, lower: bool) -> Subwords:
    """Learn a WordPiece vocabulary.

    Words are counted as `Subwords` splits them, so that learning and tokenizing agree. The subwords come from
    `tensorflow_text.tools.wordpiece_vocab`, which may return slightly more than `size` entries. Then the
    rarest subwords with several characters are dropped.

    Args:
        texts: The training texts. They are read once.
        size: Maximum number of subwords, including `[PAD]` and `[UNK]`.
        lower: Whether to ignore case, accents and compatibility forms.

    Returns:
        The subwords. Equal texts give equal subwords.

    Raises:
        ConfigError: The size is too small for the single characters.
        DataError: The texts contain no words.

    Example:
        >>> subwords = learn_subwords(["the lower house lowers the lowest rate"] * 30, 40, lower=True)
        >>> [token.text for token in subwords.tokenize("the lowest")]
        ['the', 'lowest']
    """
    characters = min(_MAX_CHARACTERS, (size - len(_BERT_RESERVED)) // 2)
    if characters < 1:
        raise ConfigError(f"a subword vocabulary of {size} has no room for characters")
    counts = _count_words(texts, lower)
    if not counts:
        raise DataError("no words to learn subwords from")
    rarest, most_frequent = _thresholds(counts, size)
    subwords = _load_learner().learn(
        sorted(counts.items()),
        size,
        _BERT_RESERVED,
        upper_thresh=most_frequent,
        lower_thresh=rarest,
        max_unique_chars=characters,
    )
    return Subwords(_truncate(subwords, size), lower)


def learn_spaced(texts: Iterable[str], size: int, lower: bool = False) -> SpacedSubwords:
    """Learn a subword vocabulary that preserves spaces.

    Every character of the texts becomes two subwords: one for the start and one for the inside of a chunk
    between spaces. Texts with only these characters therefore never have unknown subwords.

    Args:
        texts: The training texts. They are read once.
        size: Maximum number of subwords. 0 means single characters only.
        lower: Whether to lowercase texts.

    Returns:
        The subwords. Equal texts give equal subwords.

    Raises:
        ConfigError: The size is too small for the single characters.
        DataError: The texts contain no words.
    """
    splitter = SpacedSubwords(RESERVED, lower)
    counts = Counter(chain.from_iterable(map(splitter.marked_runs, texts)))
    if not counts:
        raise DataError("no words to learn subwords from")
    characters = sorted({character for run in counts for character in run} - {INNER})
    single = [form for character in characters for form in (character, CONTINUATION + character)]
    room = size - len(RESERVED) - len(single)
    if size and room < 0:
        raise ConfigError(
            f"a vocabulary of {size} has no room for {len(characters)} characters, each at the start and "
            f"inside of words; it needs at least {size - room}"
        )
    longer = _learn_longer(counts, room) if size and room else []
    return SpacedSubwords([*RESERVED, *single, *longer], lower)


def learn_exact(texts: Iterable[str], size: int, min_count: int = 1) -> list[str]:
    r"""Learn a subword vocabulary that preserves all characters, for `ExactSubwords`.

    Frequent characters become two subwords: one for the start and one for the inside of a chunk. They fill
    at most a half of the vocabulary, and other characters are unknown.

    Args:
        texts: The training texts. They are read once.
        size: Maximum number of subwords.
        min_count: Minimum count of a character.

    Returns:
        The subwords. Equal texts give equal subwords.

    Raises:
        ConfigError: The size is too small.

    Example:
        >>> from seqnlp.text.tokenizers.exact import ExactSubwords
        >>> subwords = ExactSubwords(learn_exact(["def f():\n    return 1\n"] * 30, 60))
        >>> subwords.split(":\n    return")
        [':', '\n    ', 'return']
    """
    if size < _FEWEST_SUBWORDS:
        raise ConfigError(f"a subword vocabulary needs a size of at least {_FEWEST_SUBWORDS}, not {size}")
    counts = Counter(chain.from_iterable(map(marked_runs, texts)))
    characters = Counter[str]()
    for run, count in counts.items():
        for character in run.removeprefix(INNER):
            characters[character] += count
    frequent = [
        each for each, count in characters.items() if count >= min_count and each not in (*ALWAYS, INNER)
    ]
    frequent.sort(key=lambda each: (-characters[each], each))
    kept = {*ALWAYS, *frequent[: size // _CHARACTER_SHARE - len(ALWAYS)]}
    single = [form for each in sorted(kept) for form in (each, CONTINUATION + each)]
    runs = [run for run in counts if kept.issuperset(run.removeprefix(INNER))]
    runs.sort(key=lambda run: (-counts[run], run))
    used = Counter({run: counts[run] for run in runs[: max(_FEWEST_RUNS, 4 * size)]})
    longer = _learn_longer(used, size - len(single))
    return [*single, *longer]


def _load_learner() -> Any:
    """Import the WordPiece learner without TensorFlow's log lines."""
    from seqnlp.training.backend import load_tensorflow

    load_tensorflow()
    from tensorflow_text.tools.wordpiece_vocab import wordpiece_tokenizer_learner_lib

    return wordpiece_tokenizer_learner_lib


def _learn_longer(counts: Counter[str], room: int) -> list[str]:
    """Learn at most `room` subwords with several characters."""
    if not counts:
        return []
    rarest, most_frequent = _thresholds(counts, room)
    learned = _load_learner().learn(
        sorted(counts.items()),
        room,
        [],
        upper_thresh=most_frequent,
        lower_thresh=rarest,
        max_unique_chars=_ALL_CHARACTERS,
        include_joiner_token=True,
    )
    # A subword that starts with the marker is inside a chunk, so it is a continuation.
    subwords = (CONTINUATION + each[1:] if each.startswith(INNER) else each for each in learned)
    longer = (each for each in subwords if _has_several_characters(each))
    return list(dict.fromkeys(longer))[:room]


def _count_words(texts: Iterable[str], lower: bool) -> Counter[str]:
    splitter = Subwords(_BERT_RESERVED, lower)
    return Counter(chain.from_iterable(map(splitter.split_words, texts)))


def _thresholds(counts: Counter[str], size: int) -> tuple[int, int]:
    """Return bounds for the learner's search of a frequency threshold, whose steps are slow.

    Every word is a candidate. If more than `size` words reach the threshold, the vocabulary is too large. If
    only `size / 8` words reach it, there is enough room for the subwords inside words.
    """
    frequencies = sorted(counts.values(), reverse=True)
    last = len(frequencies) - 1
    return frequencies[min(size, last)], frequencies[min(size // 8, last)]


def _truncate(subwords: list[str], size: int) -> list[str]:
    """Drop the rarest subwords with several characters. The learner returns the most frequent first."""
    surplus = len(subwords) - size
    kept = []
    for subword in reversed(subwords):
        if surplus > 0 and subword not in _BERT_RESERVED and _has_several_characters(subword):
            surplus -= 1
        else:
            kept.append(subword)
    return kept[::-1]


def _has_several_characters(subword: str) -> bool:
    return len(subword.removeprefix(CONTINUATION)) > 1
