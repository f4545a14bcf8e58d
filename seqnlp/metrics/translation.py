"""How good translations are: BLEU and chrF by sacrebleu, and what a reference's pieces are worth."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class TranslationScores:
    """Translations beside their references.

    Attributes:
        log_likelihood: The sum of the log probabilities of the references' pieces, their ends counted.
        pieces: How many pieces those are.
    """

    log_likelihood: float = 0.0
    pieces: int = 0
    _translations: list[str] = field(default_factory=list)
    _references: list[str] = field(default_factory=list)

    def add(self, translation: str, reference: str) -> None:
        """Count a translation."""
        self._translations.append(translation)
        self._references.append(reference)

    def add_likelihood(self, log_likelihood: float, pieces: int) -> None:
        """Count what the pieces of references are worth."""
        self.log_likelihood += log_likelihood
        self.pieces += pieces

    def to_dict(self) -> dict[str, Any]:
        """What `corpus_scores` gives, and `log_likelihood` and `perplexity` of the counted pieces."""
        found = corpus_scores(self._translations, self._references)
        if self.pieces:
            mean = self.log_likelihood / self.pieces
            found |= {"log_likelihood": mean, "perplexity": math.exp(min(-mean, 700.0))}
        return found


def corpus_scores(translations: Sequence[str], references: Sequence[str]) -> dict[str, Any]:
    """The scores of translations as one corpus.

    Returns:
        `bleu` (Papineni et al. 2002), `bleu_lower`, `chrf` (Popović 2015), each from 0 to 100; `signature`
        and `signature_lower`, which say how sacrebleu computed the first two (Post 2018); `length_ratio`,
        the words of all translations to those of the references; `pairs`.
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
