"""A corpus made ready for training, in memory or in a directory that training reads without copying."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from seqnlp.batching import Windows
from seqnlp.errors import DataError
from seqnlp.files import write_text_whole, written_whole
from seqnlp.metrics.fingerprints import Fingerprints
from seqnlp.metrics.spans import known_surfaces
from seqnlp.records import TaggedSentence
from seqnlp.spans import convert
from seqnlp.tagging.codec import TaggingCodec
from seqnlp.tagging.config import TextSettings
from seqnlp.tagging.data import Split
from seqnlp.vocabulary import WordForm
from seqnlp.words import Encoded

FORMAT = 1
_MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Prepared:
    """Everything that training needs of a corpus.

    Attributes:
        codec: Learnt on the training sentences.
        train: The training sentences as arrays.
        held_out: `dev`, and `test` if there is one.
        text: The settings that it was made with.
        source: What the corpus is, for the model card: its name or its files, with checksums.
        seen: Fingerprints of the spans of training with their labels; None for plain tags.
    """

    codec: TaggingCodec
    train: Encoded
    held_out: Mapping[str, Split]
    text: TextSettings
    source: Mapping[str, Any]
    seen: str | None

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

    def write(self, directory: Path) -> None:
        """Write everything into a directory: arrays as `.npy`, the rest as JSON, with checksums."""
        directory.mkdir(parents=True, exist_ok=True)
        for name, encoded in {
            "train": self.train,
            **{n: s.encoded for n, s in self.held_out.items()},
        }.items():
            for field, array in _arrays(encoded).items():
                with written_whole(directory / f"{name}.{field}.npy") as temporary:
                    np.save(temporary, array)
        for name, split in self.held_out.items():
            lines = [json.dumps([sentence.words, sentence.tags]) for sentence in split.sentences]
            write_text_whole(directory / f"{name}.sentences.jsonl", "\n".join(lines) + "\n")
        write_text_whole(directory / "codec.json", json.dumps(self.codec.to_spec()))
        files = [path for path in sorted(directory.iterdir()) if path.name != _MANIFEST]
        manifest = {
            "format": FORMAT,
            "task": "tagger",
            "text": self.text.model_dump(),
            "source": self.source,
            "seen": self.seen,
            "held_out": list(self.held_out),
            "sha256": {path.name: _checksum(path) for path in files},
        }
        write_text_whole(directory / _MANIFEST, json.dumps(manifest, indent=1))

    @classmethod
    def read(cls, directory: Path) -> "Prepared":
        """Read what `write` wrote; arrays are mapped into memory, not read.

        Raises:
            DataError: A file is missing or changed, or the directory was not made by `seqnlp prepare`.
        """
        try:
            manifest = json.loads((directory / _MANIFEST).read_text(encoding="utf-8"))
            if manifest["format"] != FORMAT:
                raise DataError(
                    f"format {manifest['format']} is unknown to this version of seqnlp", directory
                )
            for name, checksum in manifest["sha256"].items():
                if _checksum(directory / name) != checksum:
                    raise DataError("changed since it was prepared", directory / name)
            codec = TaggingCodec.from_spec(json.loads((directory / "codec.json").read_text(encoding="utf-8")))
            return cls(
                codec=codec,
                train=_encoded(directory, "train"),
                held_out={
                    name: Split(_encoded(directory, name), _sentences(directory / f"{name}.sentences.jsonl"))
                    for name in manifest["held_out"]
                },
                text=TextSettings(**manifest["text"]),
                source=manifest["source"],
                seen=manifest["seen"],
            )
        except OSError as error:
            raise DataError(
                f"{error.strerror}; was it made by seqnlp prepare?", error.filename or directory
            ) from error
        except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
            raise DataError(f"not made by seqnlp prepare, or damaged ({error})", directory) from error


_FIELDS = ("words", "spellings", "characters", "tags")


def _arrays(encoded: Encoded) -> dict[str, Any]:
    return {**{field: getattr(encoded, field) for field in _FIELDS}, "windows": encoded.windows.table}


def _encoded(directory: Path, name: str) -> Encoded:
    arrays = {
        field: np.load(directory / f"{name}.{field}.npy", mmap_mode="r", allow_pickle=False)
        for field in (*_FIELDS, "windows")
    }
    windows = Windows.of_table(np.asarray(arrays.pop("windows")))
    return Encoded(**arrays, windows=windows)


def _sentences(path: Path) -> list[TaggedSentence]:
    with path.open(encoding="utf-8") as lines:
        pairs = [json.loads(line) for line in lines]
    return [TaggedSentence(tuple(words), tuple(tags)) for words, tags in pairs]


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
