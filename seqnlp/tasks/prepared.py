"""A corpus ready for training: a codec, encoded splits, and the examples that scores need."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic

import numpy as np

from seqnlp.data.batching import padding_share
from seqnlp.data.encoded import Encoded
from seqnlp.data.prepared import Contents, read_prepared, write_prepared
from seqnlp.errors import ConfigError, DataError
from seqnlp.metrics.report import Report, Table
from seqnlp.strict_json import dump_json
from seqnlp.tasks.task import AnyTask, CodecT, Example
from seqnlp.text.vocabulary import UNKNOWN
from seqnlp.types import Array, Integers, JsonObject

if TYPE_CHECKING:
    from seqnlp.settings import Settings

_PERCENTILES = (50, 90, 99)
_MAX_LABELS = 40
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Split(Generic[Example]):
    """A held-out split.

    Attributes:
        encoded: Its arrays.
        examples: Its examples.
    """

    encoded: Encoded
    examples: Sequence[Example]


@dataclass(frozen=True)
class Prepared(Generic[Example, CodecT]):
    """Everything that training needs of a corpus, in memory or in a directory.

    Attributes:
        codec: The codec, learned from the training data.
        train: The encoded training data.
        held_out: `dev`, and `test` if the corpus has it.
        encoding: The settings that the corpus was encoded with, by section.
        format_options: The format options that its files were read with, as JSON values.
        source: The name of the corpus, or its files with checksums, for the model card.
        facts: Facts about the training data that the model file stores.
    """

    codec: CodecT
    train: Encoded
    held_out: Mapping[str, Split[Example]]
    encoding: JsonObject
    format_options: JsonObject
    source: JsonObject
    facts: JsonObject

    @property
    def encoded(self) -> dict[str, Encoded]:
        """The encoded splits by name, the training data first."""
        return {"train": self.train, **{name: split.encoded for name, split in self.held_out.items()}}

    def identity(self, task: AnyTask) -> dict[str, Any]:
        """Return the source and a checksum of everything that training reads."""
        digest = hashlib.sha256(dump_json(self.codec.to_spec()).encode())
        for name, encoded in self.encoded.items():
            for key, array in sorted(encoded.to_arrays().items()):
                digest.update(f"\n{name}.{key} {array.dtype} {array.shape}\n".encode())
                digest.update(np.ascontiguousarray(array).data)
        for name, split in self.held_out.items():
            for example in split.examples:
                digest.update(f"\n{name} {dump_json(task.example_to_json(example))}".encode())
        return {"sha256": digest.hexdigest(), "source": dict(self.source)}

    def write(self, directory: Path, task: AnyTask) -> None:
        """Write everything to a directory, completely or not at all."""
        arrays = {
            f"{name}.{key}": array
            for name, encoded in self.encoded.items()
            for key, array in encoded.to_arrays().items()
        }
        records = {
            f"{name}.examples": map(task.example_to_json, split.examples)
            for name, split in self.held_out.items()
        }
        facts = {
            "encoding": self.encoding,
            "format_options": self.format_options,
            "source": self.source,
            "facts": self.facts,
            "held_out": list(self.held_out),
        }
        write_prepared(directory, task.name, Contents(self.codec.to_spec(), arrays, records, facts))


def check_same_corpus(stored: JsonObject, found: JsonObject) -> None:
    """Check that a corpus is the one that a run was started with.

    Args:
        stored: The identity of the corpus at the start.
        found: The identity of the corpus now.

    Raises:
        DataError: It has changed. The message names the files.
    """
    if stored.get("sha256") == found["sha256"]:
        return
    before, now = stored.get("source", {}), found["source"]
    changed = [name for name in now if isinstance(before, Mapping) and before.get(name) != now[name]]
    names = ", ".join(f"{name} ({_source_name(now[name])})" for name in changed) or "the corpus"
    raise DataError(f"{names}: changed since the run started; restore it or start a new run")


def _source_name(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, Mapping) else str(value)


def load_prepared(directory: Path, task: AnyTask) -> Prepared[Any, Any]:
    """Read a directory from `Prepared.write`. Arrays are memory-mapped.

    Raises:
        DataError: A file is missing or changed, or the directory was prepared for another task.
    """

    def restore(contents: Contents) -> Prepared[Any, Any]:
        encoded, facts = task.encoded(), contents.facts
        return Prepared(
            codec=task.codec().from_spec(contents.codec),
            train=encoded.from_arrays(contents.split("train")),
            held_out={
                name: Split(
                    encoded.from_arrays(contents.split(name)),
                    task.examples_from_json(contents.records[f"{name}.examples"]),
                )
                for name in facts["held_out"]
            },
            **{name: facts[name] for name in ("encoding", "format_options", "source", "facts")},
        )

    return read_prepared(directory, task.name, restore)


def load_for_settings(settings: "Settings", task: AnyTask) -> Prepared[Any, Any]:
    """Read the prepared directory that settings name.

    Raises:
        ConfigError: The settings also name files or format options, or encode text differently.
        DataError: As for `load_prepared`.
    """
    directory = settings.data.prepared
    assert directory is not None
    values = settings.flatten()
    for setting in settings.describe():
        given = values[setting.key] != setting.default
        if setting.section in settings.file_sections and setting.key != "data.prepared" and given:
            raise ConfigError(
                f"give --prepared or {setting.key}, not both: a prepared corpus is already read"
            )
    prepared = load_prepared(directory, task)
    for section in settings.encoding_sections & type(settings).model_fields.keys():
        for name in getattr(settings, section).model_fields_set:
            value, stored = values[f"{section}.{name}"], prepared.encoding[section][name]
            if value != stored:
                raise ConfigError(
                    f"{section}.{name} is {stored!r} in {directory}; prepare the corpus again for {value!r}"
                )
    return prepared


def prepared_report(task: AnyTask, prepared: Prepared[Any, Any], settings: "Settings") -> Report:
    """Report lengths, unknown ids, labels and padding of a prepared corpus."""
    batches = task.batches(prepared.train, settings)
    padding = round(padding_share(batches.plan(0), batches.lengths), 4)
    buckets = batches.padded_lengths
    splits = {name: _describe(task, prepared.codec, encoded) for name, encoded in prepared.encoded.items()}
    summary = prepared.codec.summary()
    figures = {
        **summary,
        **{key: value for key, value in prepared.facts.items() if isinstance(value, Mapping)},
        "buckets": buckets,
        "batches": batches.steps,
        "padding": padding,
        "splits": splits,
    }
    note = (
        f"{batches.steps:,} batches an epoch, padded to {', '.join(map(str, buckets))} positions; "
        f"{padding:.1%} padding"
    )
    sizes = ", ".join(
        f"{value:,} {name.replace('_', ' ')}" for name, value in summary.items() if type(value) is int
    )
    labels = [split["labels"] for split in splits.values()]
    tables = (_length_table(task, splits), *([_label_table(splits)] if any(labels) else []))
    return Report(figures, (*tables, sizes, note))


def _describe(task: AnyTask, codec: Any, encoded: Encoded) -> dict[str, Any]:
    measures = task.measures(codec, encoded)
    sides = {side: _describe_side(*measure) for side, measure in measures.items()}
    labels: Counter[str] = task.label_counts(codec, encoded)
    return {"sides": sides, "labels": dict(labels.most_common())}


def _describe_side(lengths: Integers, ids: Array | None) -> dict[str, Any]:
    return {
        "records": len(lengths),
        "tokens": int(lengths.sum()),
        "unknown": None if ids is None else round(_count_unknown(ids) / max(1, len(ids)), 6),
        "mean": round(float(lengths.mean()), 1),
        **{f"p{share}": int(np.percentile(lengths, share)) for share in _PERCENTILES},
        "max": int(lengths.max()),
    }


def _count_unknown(ids: Array) -> int:
    """Return the number of unknown ids, without a large array of flags."""
    return sum(
        int(np.count_nonzero(ids[first : first + _BLOCK] == UNKNOWN)) for first in range(0, len(ids), _BLOCK)
    )


def _length_table(task: AnyTask, splits: Mapping[str, JsonObject]) -> Table:
    rows = [
        (
            f"{name} {side}".strip(),
            f"{figures['records']:,}",
            f"{figures['tokens']:,}",
            "" if figures["unknown"] is None else f"{figures['unknown']:.2%}",
            *(str(figures[key]) for key in ("mean", *(f"p{share}" for share in _PERCENTILES), "max")),
        )
        for name, split in splits.items()
        for side, figures in split["sides"].items()
    ]
    lengths = ("mean length", "median", "90 %", "99 %", "max")
    return Table(("split", f"{task.noun}s", "tokens", "unknown", *lengths), tuple(rows))


def _label_table(splits: Mapping[str, JsonObject]) -> Table:
    labels = list(dict.fromkeys(label for split in splits.values() for label in split["labels"]))
    rows = [
        (label, *(f"{split['labels'].get(label, 0):,}" for split in splits.values()))
        for label in labels[:_MAX_LABELS]
    ]
    if len(labels) > _MAX_LABELS:
        rows.append((f"… {len(labels) - _MAX_LABELS:,} more labels", *("" for _ in splits)))
    return Table(("label", *splits), tuple(rows))
