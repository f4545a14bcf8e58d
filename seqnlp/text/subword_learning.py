"""Learn subword vocabularies with tensorflow-text's WordPiece learner."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from seqnlp.errors import ConfigError, DataError
from seqnlp.text.tokenizers.spaced import INSIDE, RESERVED, SpacedSubwords
from seqnlp.text.tokenizers.subwords import CONTINUATION, PADDING_PIECE, UNKNOWN_PIECE, Subwords

_BERT_RESERVED = [PADDING_PIECE, UNKNOWN_PIECE]  # ids 0 and 1: those of every open vocabulary
_MOST_CHARACTERS = 1000
_ALL_CHARACTERS = 1 << 20


def learn_subwords(texts: Iterable[str], size: int, lower_case: bool) -> Subwords:
    """Learn a WordPiece vocabulary.

    Words are counted as `Subwords` splits them, so that learning and tokenizing agree. The subwords come from
    `tensorflow_text.tools.wordpiece_vocab`, which may return slightly more than `size` entries. The rarest
    subwords with several characters are then dropped.

    Args:
        texts: The training texts. They are read once.
        size: Maximum number of subwords, including `[PAD]` and `[UNK]`.
        lower_case: Whether to ignore case, accents and compatibility forms.

    Returns:
        The subwords. Equal texts give equal subwords.

    Raises:
        ConfigError: The size is too small for the single characters.
        DataError: The texts contain no words.
    """
    learner = _load_learner()

    characters = min(_MOST_CHARACTERS, (size - len(_BERT_RESERVED)) // 2)
    if characters < 1:
        raise ConfigError(f"a subword vocabulary of {size} has no room for characters")
    counts = _count_words(texts, lower_case)
    if not counts:
        raise DataError("no words to learn subwords from")
    rarest, most_frequent = _thresholds(counts, size)
    pieces = learner.learn(
        sorted(counts.items()),
        size,
        _BERT_RESERVED,
        upper_thresh=most_frequent,
        lower_thresh=rarest,
        max_unique_chars=characters,
    )
    return Subwords(_cut_down(pieces, size), lower_case)


def learn_spaced(texts: Iterable[str], size: int, lower: bool = False) -> SpacedSubwords:
    """Learn a subword vocabulary that preserves spaces.

    Every character of the texts becomes two subwords: one for the start and one for the inside of a chunk
    between spaces. Texts with only these characters therefore never have unknown subwords.

    Args:
        texts: The training texts. They are read once.
        size: Maximum number of subwords. 0 keeps single characters only.
        lower: Whether to lowercase texts.

    Returns:
        The subwords. Equal texts give equal subwords.

    Raises:
        ConfigError: The size is too small for the single characters.
        DataError: The texts contain no words.
    """
    cutter = SpacedSubwords(RESERVED, lower)
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(cutter.marked_runs(text))
    if not counts:
        raise DataError("no words to learn subwords from")
    characters = sorted({character for run in counts for character in run} - {INSIDE})
    single = [piece for character in characters for piece in (character, CONTINUATION + character)]
    room = size - len(RESERVED) - len(single)
    if size and room < 0:
        raise ConfigError(
            f"a vocabulary of {size} has no room for {len(characters)} characters, each at the beginning and "
            f"inside of words; {size - room} are the least"
        )
    longer = _longer_pieces(counts, room) if size and room else []
    return SpacedSubwords([*RESERVED, *single, *longer], lower)


def _load_learner() -> Any:
    """Import the WordPiece learner without TensorFlow's log lines."""
    from seqnlp.training.backend import load_tensorflow

    load_tensorflow()
    from tensorflow_text.tools.wordpiece_vocab import wordpiece_tokenizer_learner_lib

    return wordpiece_tokenizer_learner_lib


def _longer_pieces(counts: Counter[str], room: int) -> list[str]:
    """Learn at most `room` subwords with several characters."""
    learner = _load_learner()

    rarest, most_frequent = _thresholds(counts, room)
    learnt = learner.learn(
        sorted(counts.items()),
        room,
        [],
        upper_thresh=most_frequent,
        lower_thresh=rarest,
        max_unique_chars=_ALL_CHARACTERS,
        include_joiner_token=True,
    )
    # A subword that starts with the marker is inside a chunk, so it is a continuation.
    pieces = (
        CONTINUATION + piece.removeprefix(INSIDE) if piece.startswith(INSIDE) else piece for piece in learnt
    )
    several = (piece for piece in pieces if len(piece.removeprefix(CONTINUATION)) > 1)
    return list(dict.fromkeys(several))[:room]


def _count_words(texts: Iterable[str], lower_case: bool) -> Counter[str]:
    cutter = Subwords(_BERT_RESERVED, lower_case)
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(cutter.words(text))
    return counts


def _thresholds(counts: Counter[str], size: int) -> tuple[int, int]:
    """Return bounds for the learner's frequency threshold, since each step of its search is slow.

    Every word is a candidate. If more than `size` words reach the threshold, the vocabulary is too large. If
    only `size / 8` words reach it, there is enough room for the subwords inside words.
    """
    frequencies = sorted(counts.values(), reverse=True)
    last = len(frequencies) - 1
    return frequencies[min(size, last)], frequencies[min(size // 8, last)]


def _cut_down(pieces: list[str], size: int) -> list[str]:
    """Drop the last subwords with several characters. The learner returns the most frequent first."""
    surplus = len(pieces) - size
    kept = []
    for piece in reversed(pieces):
        if surplus > 0 and piece not in _BERT_RESERVED and len(piece.removeprefix(CONTINUATION)) > 1:
            surplus -= 1
        else:
            kept.append(piece)
    return kept[::-1]
