"""Scores of language models."""

from array import array
from collections.abc import Iterator
from math import exp, log
from typing import Any

import numpy as np

from seqnlp.metrics.report import Table
from seqnlp.metrics.scores import Scores
from seqnlp.records import Origin
from seqnlp.types import Floats, JsonObject

_SHARES = {"lowest": 0, "p10": 10, "median": 50, "p90": 90, "highest": 100}
_LARGEST = 700.0
"""Larger losses do not raise a perplexity, which would be infinite."""

_METHODS = {"dynamic": "dynamic evaluation", "cache": "a neural cache"}


class LanguageScores(Scores):
    """The loss of a language model on documents, in nats and bits, and its perplexity.

    Args:
        unit: The plural noun for tokens: `characters`, `subwords` or `words`.

    Example:
        >>> scores = LanguageScores("words")
        >>> scores.add(6.0, tokens=3, size=9, unknown=0)
        >>> scores.nats_per_token
        2.0
    """

    summary = ("nats_per_token", "bits_per_token", "perplexity")

    def __init__(self, unit: str) -> None:
        self.unit = unit
        self.tokens = self.bytes = self.unknown = 0
        self.nats = 0.0
        self._document_nats, self._document_tokens = array("d"), array("q")
        self._origins: list[str | None] = []
        self._lines = array("q")
        self.adapted: dict[str, float] = {}

    def add(self, nats: float, tokens: int, size: int, unknown: int, origin: Origin | None = None) -> None:
        """Add a document.

        Args:
            nats: The negative log probability of the document and its end.
            tokens: Number of tokens, with the end.
            size: The size of the document in bytes (UTF-8).
            unknown: Number of unknown tokens, whose probability is that of any unknown token.
            origin: The file and the line where the document begins, if they are known.
        """
        self.nats += nats
        self.tokens += tokens
        self.bytes += size
        self.unknown += unknown
        self._document_nats.append(nats)
        self._document_tokens.append(tokens)
        self._origins.append(None if origin is None else origin.path)
        self._lines.append(0 if origin is None else origin.line)

    @property
    def documents(self) -> int:
        """The number of documents."""
        return len(self._document_nats)

    @property
    def nats_per_token(self) -> float:
        """The mean negative log probability of a token, in nats. Ends of documents are tokens."""
        return self.nats / max(1, self.tokens)

    @property
    def bits_per_token(self) -> float:
        """The mean negative log probability of a token, in bits."""
        return self.nats_per_token / log(2)

    @property
    def bits_per_byte(self) -> float:
        """The loss in bits per byte of the documents, which does not depend on the choice of tokens."""
        return self.nats / log(2) / max(1, self.bytes)

    @property
    def perplexity(self) -> float:
        """The exponential of `nats_per_token`."""
        return exp(min(self.nats_per_token, _LARGEST))

    @property
    def document_perplexities(self) -> Floats:
        """The perplexity of each document per token, with its end, in their order."""
        nats, tokens = np.array(self._document_nats), np.array(self._document_tokens)
        found: Floats = np.exp(np.minimum(nats / np.maximum(1, tokens), _LARGEST))
        return found

    def add_adapted(self, name: str, nats: float) -> None:
        """Add the loss on all documents of a model that adapts to them.

        Args:
            name: The name of the method, `dynamic` or `cache`.
            nats: The total negative log probability of all tokens.
        """
        self.adapted[name] = nats

    def to_dict(self) -> JsonObject:
        """Return the scores as JSON values; those of an adapted model are below the name of the method."""
        return {
            **super().to_dict(),
            "bits_per_byte": self.bits_per_byte,
            "documents": self.documents,
            "tokens": self.tokens,
            "unknown_tokens": self.unknown,
            "document_perplexity": describe_perplexities(self.document_perplexities),
            **{name: self._figures(nats) for name, nats in self.adapted.items()},
        }

    def _figures(self, nats: float) -> dict[str, float]:
        """Return the scores for a total loss on the documents."""
        per_token = nats / max(1, self.tokens)
        return {
            "nats_per_token": per_token,
            "bits_per_token": per_token / log(2),
            "perplexity": exp(min(per_token, _LARGEST)),
            "bits_per_byte": nats / log(2) / max(1, self.bytes),
        }

    def details(self) -> JsonObject:
        """Return the scores of each document."""
        return {"per_document": list(self._per_document())}

    def _per_document(self) -> Iterator[dict[str, Any]]:
        rows = zip(self._document_nats, self._document_tokens, self._origins, self._lines, strict=True)
        for (nats, tokens, path, line), perplexity in zip(rows, self.document_perplexities, strict=True):
            place = {} if path is None else {"file": path, "line": line}
            yield {
                **place,
                "tokens": tokens,
                "nats_per_token": nats / max(1, tokens),
                "perplexity": float(perplexity),
            }

    def blocks(self, figures: JsonObject) -> tuple[Table | str, ...]:
        """Return one line per score, and lines with counts, perplexities of documents and adapted scores."""
        lines = [f"{name} {figures[name]:.4f}" for name in (*self.summary, "bits_per_byte")]
        counts = (
            f"{self.documents:,} documents, {self.tokens:,} {self.unit} with ends of documents, "
            f"{self.unknown:,} unknown"
        )
        adapted = tuple(
            f"with {_METHODS[name]}: "
            + ", ".join(f"{key} {value:.4f}" for key, value in figures[name].items())
            for name in self.adapted
        )
        found = figures["document_perplexity"]
        if len(self._document_nats) < 2:
            return (*lines, counts, *adapted)
        shares = ", ".join(f"{name} {value:.4f}" for name, value in found.items())
        return (*lines, counts, f"perplexity of documents: {shares}", *adapted)


def describe_perplexities(perplexities: Floats) -> dict[str, float]:
    """Return quantiles of the perplexities of documents by name; none without documents."""
    if not len(perplexities):
        return {}
    values = np.percentile(perplexities, list(_SHARES.values()))
    return dict(zip(_SHARES, map(float, values), strict=True))
