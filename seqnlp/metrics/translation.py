"""Scores for translations: BLEU and chrF from sacrebleu, and perplexity of the references."""

import math
from collections.abc import Sequence
from typing import Any

from seqnlp.metrics.report import Table
from seqnlp.metrics.scores import Scores
from seqnlp.types import JsonObject


class TranslationScores(Scores):
    """Collect translations, their references and the likelihood of the references.

    Example:
        >>> scores = TranslationScores()
        >>> scores.add("the cat sat on the mat", "the cat sat on the mat")
        >>> round(scores.bleu)
        100
    """

    summary = ("pairs",)  # BLEU takes too long for a `repr`

    def __init__(self) -> None:
        self._translations: list[str] = []
        self._references: list[str] = []
        self._log_likelihood = 0.0
        self._subwords = 0
        self._corpus_scores: dict[str, Any] = {}

    def add(self, translation: str, reference: str) -> None:
        """Add one translation and its reference."""
        self._translations.append(translation)
        self._references.append(reference)
        self._corpus_scores = {}

    def add_likelihood(self, log_likelihood: float, subwords: int) -> None:
        """Add the natural log-likelihood of a reference, and its number of subwords with the end symbol."""
        self._log_likelihood += log_likelihood
        self._subwords += subwords

    @property
    def pairs(self) -> int:
        """Number of translations."""
        return len(self._translations)

    @property
    def bleu(self) -> float:
        """BLEU from 0 to 100 (Papineni et al. 2002)."""
        return float(self._score()["bleu"])

    @property
    def chrf(self) -> float:
        """The chrF score from 0 to 100 (Popović 2015)."""
        return float(self._score()["chrf"])

    @property
    def log_likelihood(self) -> float | None:
        """Mean log-likelihood of the references per subword, or None if unknown."""
        return self._log_likelihood / self._subwords if self._subwords else None

    @property
    def perplexity(self) -> float | None:
        """Perplexity of the references per subword, or None if unknown."""
        mean = self.log_likelihood
        return None if mean is None else math.exp(min(-mean, 700.0))

    def to_dict(self) -> JsonObject:
        """Return the result of `corpus_scores`, and log-likelihood and perplexity per subword if known."""
        likelihood = {"log_likelihood": self.log_likelihood, "perplexity": self.perplexity}
        return {**self._score(), **(likelihood if self._subwords else {})}

    def blocks(self, figures: JsonObject) -> tuple[Table | str, ...]:
        """Return one line per score."""
        return (
            f"BLEU {figures['bleu']:.2f}  {figures['signature']}",
            f"BLEU {figures['bleu_lower']:.2f}  {figures['signature_lower']}",
            f"chrF {figures['chrf']:.2f}",
            *([f"perplexity per subword {figures['perplexity']:.3f}"] if "perplexity" in figures else ()),
            f"{self.pairs:,} pairs, {figures['length_ratio']:.3f} times as many words as the references",
        )

    def _score(self) -> dict[str, Any]:
        self._corpus_scores = self._corpus_scores or corpus_scores(self._translations, self._references)
        return self._corpus_scores


def corpus_scores(translations: Sequence[str], references: Sequence[str]) -> dict[str, Any]:
    """Score translations as one corpus.

    Args:
        translations: The translations.
        references: One reference per translation.

    Returns:
        `bleu` (Papineni et al. 2002), `bleu_lower` and `chrf` (Popović 2015), each from 0 to 100.
        `signature` and `signature_lower`, the sacrebleu signatures of the two BLEU scores (Post 2018).
        `length_ratio`, the number of words in the translations divided by that in the references.
        `pairs`, the number of pairs.
    """
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    found: dict[str, Any] = {}
    for name, lower in (("", False), ("_lower", True)):
        bleu = BLEU(lowercase=lower)
        score = bleu.corpus_score(translations, [references])
        found[f"bleu{name}"] = score.score
        found[f"signature{name}"] = str(bleu.get_signature())
        found["length_ratio"] = score.ratio
    found["chrf"] = CHRF().corpus_score(translations, [references]).score
    return {**found, "pairs": len(references)}
