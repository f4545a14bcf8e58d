"""Learning a subword vocabulary from texts, with tensorflow-text's WordPiece learner."""

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

    The words are counted as `Subwords` cuts them, so that learning and use cannot differ; the pieces come
    from `tensorflow_text.tools.wordpiece_vocab`, whose search for a frequency threshold stops near the size
    and not always below it: what is too much is taken from the rarest pieces of several characters.

    Args:
        texts: The texts to learn from; read once.
        size: The most pieces to keep, `[PAD]` and `[UNK]` included.
        lower_case: Ignore case, accents and compatibility forms.

    Returns:
        The subwords; the same texts give the same ones.

    Raises:
        ConfigError: The size leaves no room for single characters.
        DataError: The texts hold no word.
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
    """Learn a vocabulary that keeps spaces.

    Every character that the texts hold is a piece, at the beginning and inside of what stands between spaces,
    so that what is written in these characters never has an unknown piece.

    Args:
        texts: The texts to learn from; read once.
        size: The most pieces to keep; with 0, single characters are all there is.
        lower: Whether texts are lower-cased.

    Returns:
        The subwords; the same texts give the same ones.

    Raises:
        ConfigError: The size leaves no room for single characters.
        DataError: The texts hold no word.
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
    """The most useful pieces of several characters, at most `room`."""
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
    # A run that goes on begins with the sign for that: with it, a piece begins the run, so it goes on too.
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
    """Bound the learner's search, which takes seconds a step and would start at the most frequent word.

    A piece is kept if it is as frequent as the threshold, and every whole word is a candidate: a threshold
    that more than `size` words reach keeps too many. Where an eighth as many words reach it, the pieces
    inside words, seldom more than three times as many, leave room.
    """
    frequencies = sorted(counts.values(), reverse=True)
    last = len(frequencies) - 1
    return frequencies[min(size, last)], frequencies[min(size // 8, last)]


def _cut_down(pieces: list[str], size: int) -> list[str]:
    """Drop the last pieces of several characters: the learner puts the most frequent first."""
    surplus = len(pieces) - size
    kept = []
    for piece in reversed(pieces):
        if surplus > 0 and piece not in _BERT_RESERVED and len(piece.removeprefix(CONTINUATION)) > 1:
            surplus -= 1
        else:
            kept.append(piece)
    return kept[::-1]
