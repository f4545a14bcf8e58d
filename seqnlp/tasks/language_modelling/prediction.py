"""The predictions of a language model."""

from dataclasses import dataclass, field
from math import exp
from typing import Any

from seqnlp.serving.marking import escape_html
from seqnlp.serving.prediction import Prediction
from seqnlp.types import JsonObject


@dataclass(frozen=True, slots=True)
class Generated:
    """One continuation of a prompt.

    Attributes:
        text: The text after the prompt.
        score: Its log probability; that of a search is normalised by its length (Wu et al. 2016, eq. 14).
        ended: Whether the model ended the document, so that the text is not cut at the maximum length.
    """

    text: str
    score: float
    ended: bool


@dataclass(frozen=True, slots=True)
class Continuation(Prediction):
    """A prompt and its continuations.

    Attributes:
        prompt: The text to continue.
        continuations: The continuations, the best one first. There is at least one.
    """

    prompt: str
    continuations: tuple[Generated, ...]

    @property
    def text(self) -> str:
        """The best continuation, without the prompt."""
        return self.continuations[0].text

    @property
    def score(self) -> float:
        """The score of the best continuation."""
        return self.continuations[0].score

    def to_dict(self) -> JsonObject:
        """Return the continuation as JSON values; all `continuations` if there are several."""
        found: dict[str, Any] = {
            "text": self.prompt,
            "continuation": self.text,
            "score": round(self.score, 4),
        }
        if len(self.continuations) > 1:
            found["continuations"] = [
                {"text": each.text, "score": round(each.score, 4)} for each in self.continuations
            ]
        return found

    def _repr_html_(self) -> str:
        return f"<p><b>{escape_html(self.prompt)}</b>{escape_html(self.text)}</p>".replace("\n", "<br>")


@dataclass(frozen=True, slots=True)
class ScoredText(Prediction):
    """A text and the log probabilities of its tokens.

    Attributes:
        text: The text.
        tokens: Its tokens, and an empty string for its end.
        log_probs: The natural log of the probability of each token, given all tokens before it.
    """

    text: str
    tokens: tuple[str, ...] = field(repr=False)
    log_probs: tuple[float, ...] = field(repr=False)

    @property
    def total(self) -> float:
        """The log probability of the text, including its end."""
        return sum(self.log_probs)

    @property
    def perplexity(self) -> float:
        """The perplexity per token, including the end."""
        return exp(-self.total / len(self.log_probs))

    def to_dict(self) -> JsonObject:
        """Return the text and its scores as JSON values."""
        return {
            "text": self.text,
            "log_probability": round(self.total, 4),
            "perplexity": round(self.perplexity, 4),
            "tokens": [
                {"text": token, "log_probability": round(value, 4)}
                for token, value in zip(self.tokens, self.log_probs, strict=True)
            ],
        }
