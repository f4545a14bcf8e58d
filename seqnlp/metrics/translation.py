"""Scores for translations: BLEU and chrF from sacrebleu, and perplexity of the references."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class TranslationScores:
    """Collect translations, their references and the likelihood of the references.

    Attributes:
        log_likelihood: Sum of the natural-log probabilities of all reference subwords, including end symbols.
        pieces: Number of these subwords.

    Example:
        >>> scores = TranslationScores()
        >>> scores.add("the cat sat on the mat", "the cat sat on the mat")
        >>> round(scores.to_dict()["bleu"])
        100
    """

    log_likelihood: float = 0.0
    pieces: int = 0
    _translations: list[str] = field(default_factory=list)
    _references: list[str] = field(default_factory=list)

    def add(self, translation: str, reference: str) -> None:
        """Add one translation and its reference."""
        self._translations.append(translation)
        self._references.append(reference)

    def add_likelihood(self, log_likelihood: float, pieces: int) -> None:
        """Add the log-likelihood of reference subwords, and their number."""
        self.log_likelihood += log_likelihood
        self.pieces += pieces

    def to_dict(self) -> dict[str, Any]:
        """Return `corpus_scores`, and `log_likelihood` and `perplexity` per subword if known."""
        found = corpus_scores(self._translations, self._references)
        if self.pieces:
            mean = self.log_likelihood / self.pieces
            found |= {"log_likelihood": mean, "perplexity": math.exp(min(-mean, 700.0))}
        return found


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
