"""A parallel corpus ready for training a translator, and its batches."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from seqnlp.data.batching import Batch, Buckets
from seqnlp.data.prepared import PreparedCorpus
from seqnlp.errors import ConfigError, DataError
from seqnlp.records import SentencePair
from seqnlp.settings import TrainingSettings
from seqnlp.tasks.translation.codec import Pieces, TranslationCodec, inputs_of
from seqnlp.tasks.translation.settings import PieceSettings
from seqnlp.text.subword_learning import learn_spaced
from seqnlp.types import Arrays


@dataclass(frozen=True)
class Pairs:
    """Texts and their translations, encoded.

    Attributes:
        sources: The texts.
        targets: Their translations, each with its end.
    """

    sources: Pieces
    targets: Pieces

    @classmethod
    def of(cls, codec: TranslationCodec, pairs: Sequence[SentencePair], *rest: Any) -> Self:
        """Encode pairs; `rest` is what else the class takes."""
        sources = codec.encode(pair.source for pair in pairs)
        return cls(sources, codec.encode_targets(pair.target for pair in pairs), *rest)

    def __len__(self) -> int:
        """How many pairs there are."""
        return len(self.sources)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """The pieces of the longer side of each pair."""
        return np.maximum(self.sources.lengths, self.targets.lengths)

    def select(self, wanted: NDArray[np.bool_]) -> "Pairs":
        """Some of the pairs."""
        return Pairs(self.sources.select(wanted), self.targets.select(wanted))

    def to_arrays(self) -> Arrays:
        """The arrays by their names, as `from_arrays` takes them."""
        return {
            f"{side}_{name}": array
            for side, pieces in (("source", self.sources), ("target", self.targets))
            for name, array in (("ids", pieces.ids), ("lengths", pieces.lengths))
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], *rest: Any) -> Self:
        """Restore what `to_arrays` gave; `rest` is what else the class takes."""
        sides = (Pieces(arrays[f"{side}_ids"], arrays[f"{side}_lengths"]) for side in ("source", "target"))
        return cls(*sides, *rest)


@dataclass(frozen=True)
class Split(Pairs):
    """Texts and their translations, encoded and as they are.

    Attributes:
        pairs: The pairs.
    """

    pairs: Sequence[SentencePair]

    def to_records(self) -> list[Any]:
        """The pairs as JSON values."""
        return [[pair.source, pair.target] for pair in self.pairs]

    @classmethod
    def from_contents(cls, arrays: Arrays, records: Sequence[Any]) -> Self:
        """Restore what `to_arrays` and `to_records` gave."""
        return cls.from_arrays(arrays, [SentencePair(*sides) for sides in records])


@dataclass(frozen=True)
class Prepared(PreparedCorpus):
    """Everything that training needs of a parallel corpus.

    Attributes:
        dropped: How many training pairs were left out, by the reason.
    """

    task = "translator"
    records = "pairs"
    codec_class, train_class, split_class, text_class = TranslationCodec, Pairs, Split, PieceSettings

    codec: TranslationCodec
    train: Pairs
    held_out: Mapping[str, Split]
    text: PieceSettings
    dropped: Mapping[str, int]

    @classmethod
    def of(
        cls,
        train: Sequence[SentencePair],
        held_out: Mapping[str, Sequence[SentencePair]],
        text: PieceSettings,
        source: Mapping[str, Any],
    ) -> "Prepared":
        """Learn pieces on the training pairs, and encode all.

        Args:
            train: The training pairs; those with an empty side, or whose sides are too long or too unlike in
                length, are left out of training.
            held_out: `dev`, and `test` if there is one.
            text: How text is cut, and which pairs are left out.
            source: What the corpus is.

        Raises:
            ConfigError: There is no room for all characters among so many pieces.
            DataError: No training pair is left.
        """
        filled = [pair for pair in train if pair.source.strip() and pair.target.strip()]
        if not filled:
            raise DataError("no training pair has both sides", _path(train))
        codec = _learn(filled, text)
        encoded = Pairs.of(codec, filled)
        long = encoded.lengths > text.longest
        shorter = np.minimum(encoded.sources.lengths, encoded.targets.lengths)
        unlike = (encoded.lengths > text.ratio * shorter) & ~long
        dropped = {
            "with an empty side": len(train) - len(filled),
            f"with more than {text.longest} pieces": int(long.sum()),
            f"with {text.ratio:g} times as many pieces on one side as on the other": int(unlike.sum()),
        }
        kept = encoded.select(~(long | unlike))
        if not len(kept):
            raise DataError(
                f"no training pair is left: {described(dropped)}; text.longest and text.ratio say which are",
                _path(train),
            )
        return cls(
            codec=codec,
            train=kept,
            held_out={name: Split.of(codec, pairs, pairs) for name, pairs in held_out.items()},
            text=text,
            source=source,
            dropped=+Counter(dropped),
        )

    @property
    def spec(self) -> Mapping[str, Any]:
        """What prediction needs besides the codec: nothing."""
        return {}


def described(dropped: Mapping[str, int]) -> str:
    """How many pairs were left out and why, in words."""
    return ", ".join(f"{count:,} {reason}" for reason, count in dropped.items() if count)


def _path(pairs: Sequence[SentencePair]) -> str | None:
    return pairs[0].origin.path if pairs and pairs[0].origin is not None else None


def _learn(pairs: Sequence[SentencePair], text: PieceSettings) -> TranslationCodec:
    sources, targets = [pair.source for pair in pairs], [pair.target for pair in pairs]
    if text.joint:
        both = learn_spaced([*sources, *targets], text.subwords, text.lower)
        return TranslationCodec(both, both, text.longest)
    source, target = (learn_spaced(side, text.subwords, text.lower) for side in (sources, targets))
    return TranslationCodec(source, target, text.longest)


@dataclass(frozen=True)
class TranslationBatches:
    """The batches of each epoch.

    Attributes:
        pairs: The training pairs.
        buckets: The padded lengths, of both sides.
        seed: Of the order; each epoch's is its own, whatever came before.
    """

    pairs: Pairs
    buckets: Buckets
    seed: int

    @classmethod
    def of(cls, pairs: Pairs, settings: TrainingSettings) -> "TranslationBatches":
        """The batches of a training part, their size and their padded lengths as the settings say."""
        tokens = len(pairs.targets.ids)
        positions, most = settings.batch_positions(tokens), settings.most_buckets(tokens)
        # An even number of rows, so that both halves of a batch are of one shape.
        return cls(pairs, Buckets.learn(pairs.lengths, positions, most, multiple=2), settings.seed)

    @property
    def tokens(self) -> int:
        """How many pieces of the target an epoch has."""
        return len(self.pairs.targets.ids)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """How many positions of its row each pair needs."""
        return self.pairs.lengths

    @cached_property
    def steps(self) -> int:
        """How many batches an epoch has."""
        return len(self.plan(0))

    def plan(self, epoch: int) -> list[Batch]:
        """The batches of an epoch, in order."""
        random = np.random.default_rng([self.seed, epoch])
        return self.buckets.batches(self.pairs.lengths, random=random)

    def batches(self, epoch: int) -> Iterator[tuple[Arrays, NDArray[Any]]]:
        """The inputs of each batch of an epoch, and the pieces of the target [rows, time]."""
        for batch in self.plan(epoch):
            yield inputs_of(self.pairs.sources, self.pairs.targets, batch)


def require_joint(tied: str, text: PieceSettings) -> None:
    """Make sure that all tables can be one.

    Raises:
        ConfigError: They cannot: each side has a vocabulary of its own.
    """
    if tied == "all" and not text.joint:
        raise ConfigError("network.tied is all, which needs one vocabulary for both sides: text.joint=true")
