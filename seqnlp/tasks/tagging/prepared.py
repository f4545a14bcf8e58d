"""A corpus made ready for training a tagger, in memory or in a directory."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from seqnlp.data.prepared import PreparedCorpus
from seqnlp.data.words import EncodedWords
from seqnlp.metrics.fingerprints import Fingerprints
from seqnlp.metrics.spans import known_surfaces
from seqnlp.records import TaggedSentence
from seqnlp.tasks.tagging.codec import TaggingCodec
from seqnlp.tasks.tagging.data import Split
from seqnlp.tasks.tagging.settings import TextSettings
from seqnlp.text.schemes import convert
from seqnlp.text.tokenizers import get_tokenizer
from seqnlp.text.vocabulary import WordForm


@dataclass(frozen=True)
class Prepared(PreparedCorpus):
    """Everything that training needs of a corpus of tagged sentences.

    Attributes:
        seen: Fingerprints of the spans of training with their labels; None for plain tags.
    """

    task = "tagger"
    records = "sentences"
    codec_class, train_class, split_class, text_class = TaggingCodec, EncodedWords, Split, TextSettings

    codec: TaggingCodec
    train: EncodedWords
    held_out: Mapping[str, Split]
    text: TextSettings
    seen: str | None

    @property
    def spec(self) -> Mapping[str, Any]:
        """What prediction needs besides the codec: what cuts texts."""
        return {"tokenizer": get_tokenizer(self.text.tokenizer).to_spec()}

    @classmethod
    def of(
        cls,
        train: Sequence[TaggedSentence],
        held_out: Mapping[str, Sequence[TaggedSentence]],
        text: TextSettings,
        source: Mapping[str, Any],
        scheme: str,
    ) -> "Prepared":
        """Learn a codec on the training sentences and encode all.

        Args:
            train: Training sentences, tags in `scheme`.
            held_out: `dev`, and `test` if there is one, tags in `scheme`.
            text: Settings of the codec.
            source: What the corpus is.
            scheme: `bio` or `plain`.
        """
        spans = scheme != "plain"
        target = "iobes" if spans else "plain"
        codec = TaggingCodec.learn(
            ((sentence.words, convert(sentence.tags, scheme, target)) for sentence in train),
            target,
            WordForm(lower=text.lower, digits=text.digits),
            minimum_words=text.minimum_words,
            maximum_words=text.maximum_words,
            minimum_characters=text.minimum_characters,
        )
        return cls(
            codec=codec,
            train=Split.of(codec, train, training=True).encoded,
            held_out={name: Split.of(codec, sentences) for name, sentences in held_out.items()},
            text=text,
            source=source,
            seen=Fingerprints(known_surfaces(train, scheme)).to_text() if spans else None,
        )

    def label_counts(self) -> dict[str, Counter[str]]:
        """How often each part has each label: spans, or words where tags are plain.

        What training never saw is not counted.
        """
        encoded = {"train": self.train, **{name: split.encoded for name, split in self.held_out.items()}}
        return {name: self._counts(each) for name, each in encoded.items()}

    def _counts(self, encoded: EncodedWords) -> Counter[str]:
        tags = np.asarray(encoded.tags)
        entries = self.codec.labels.entries
        numbers = np.bincount(tags[tags >= 0], minlength=len(entries)).tolist()
        plain = self.codec.scheme == "plain"
        counts: Counter[str] = Counter()
        for tag, number in zip(entries, numbers, strict=True):
            if plain or tag[:2] in ("B-", "S-"):
                counts[tag if plain else tag[2:]] += number
        return +counts
