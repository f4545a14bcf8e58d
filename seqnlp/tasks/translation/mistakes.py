"""Mistakes of translators: translations that differ from the gold target."""

import unicodedata

from seqnlp.metrics.mistakes import Mistake, text_sides
from seqnlp.records import SentencePair
from seqnlp.tasks.translation.prediction import Translation


def find_mistake(pair: SentencePair, found: Translation) -> Mistake | None:
    """Return the mistake of a pair, or None. Spaces and Unicode normal forms make no difference."""
    gold = " ".join(unicodedata.normalize("NFC", pair.target).split())
    if gold == found.text:
        return None
    return Mistake(pair.source, *text_sides(gold, found.text), pair.origin, {"score": round(found.score, 4)})
