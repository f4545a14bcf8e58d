"""Scores of language models."""

from collections.abc import Sequence
from math import exp, log

from seqnlp.metrics.scores import Scores
from seqnlp.types import JsonObject

_METHODS = {"dynamic": "dynamic evaluation", "cache": "a neural cache"}


class LanguageScores(Scores):
    """The loss of a language model on documents, in nats and bits, and its perplexity.

    Args:
        unit: The plural noun for tokens: `characters` or `words`.

    Example:
        >>> scores = LanguageScores("words")
        >>> scores.add([-1.0, -2.0, -3.0], size=9, unknown=0)
        >>> scores.nats_per_token
        2.0
    """

    summary = ("nats_per_token", "bits_per_token", "perplexity")

    def __init__(self, unit: str) -> None:
        self.unit = unit
        self.documents = self.tokens = self.bytes = self.unknown = 0
        self.nats = 0.0
        self.adapted: dict[str, float] = {}

    def add(self, log_probs: Sequence[float], size: int, unknown: int) -> None:
        """Add a document.

        Args:
            log_probs: The natural log of the probability of each token and of the end.
            size: The size of the document in bytes (UTF-8).
            unknown: Number of unknown tokens, whose probability is that of any unknown token.
        """
        self.documents += 1
        self.tokens += len(log_probs)
        self.bytes += size
        self.unknown += unknown
        self.nats -= sum(log_probs)

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
        return exp(min(self.nats_per_token, 700.0))

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
            **{name: self._figures(nats) for name, nats in self.adapted.items()},
        }

    def _figures(self, nats: float) -> dict[str, float]:
        """Return the scores for a total loss on the documents."""
        per_token = nats / max(1, self.tokens)
        return {
            "nats_per_token": per_token,
            "bits_per_token": per_token / log(2),
            "perplexity": exp(min(per_token, 700.0)),
            "bits_per_byte": nats / log(2) / max(1, self.bytes),
        }

    def blocks(self, figures: JsonObject) -> tuple[str, ...]:
        """Return one line per score, a line with the counts, and a line for each method of adaptation."""
        lines = [f"{name} {figures[name]:.4f}" for name in (*self.summary, "bits_per_byte")]
        counts = (
            f"{self.documents:,} documents, {self.tokens:,} {self.unit} with ends of documents, "
            f"{self.unknown:,} unknown"
        )
        adapted = (
            f"with {_METHODS[name]}: "
            + ", ".join(f"{key} {value:.4f}" for key, value in figures[name].items())
            for name in self.adapted
        )
        return (*lines, counts, *adapted)
