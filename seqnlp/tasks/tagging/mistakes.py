"""Mistakes of taggers: sentences with other entities, or words with other plain tags."""

from collections.abc import Sequence

from seqnlp.metrics.mistakes import Mark, Mistake, Side
from seqnlp.records import TaggedSentence
from seqnlp.tasks.tagging.prediction import Entity, read_entities
from seqnlp.text.tokenizers.token import Token, tokens_from_words
from seqnlp.types import JsonObject


def find_mistake(
    sentence: TaggedSentence, tags: Sequence[str], scores: Sequence[float], scheme: str
) -> Mistake | None:
    """Return the mistake of a sentence, or None.

    Args:
        sentence: The gold sentence.
        tags: The predicted tags.
        scores: The probability of each predicted tag.
        scheme: The scheme of both: `bio` or `plain`.
    """
    if list(sentence.tags) == list(tags):
        return None
    text, tokens = " ".join(sentence.words), tokens_from_words(sentence.words)
    certain = [1.0] * len(tokens)
    if scheme == "plain":
        gold = _different_words(tokens, sentence.tags, certain, tags)
        predicted = _different_words(tokens, tags, scores, sentence.tags)
    else:
        gold = read_entities(text, tokens, list(sentence.tags), certain, scheme)
        predicted = read_entities(text, tokens, list(tags), scores, scheme)
    places = {_place(each) for each in gold}, {_place(each) for each in predicted}
    if places[0] == places[1]:
        return None
    return Mistake(
        text,
        Side([_to_dict(each) for each in gold], text, _marks(gold, places[1])),
        Side(
            [{**_to_dict(each), "score": round(each.score, 4)} for each in predicted],
            text,
            _marks(predicted, places[0]),
        ),
        sentence.origin,
    )


def _different_words(
    tokens: Sequence[Token], tags: Sequence[str], scores: Sequence[float], others: Sequence[str]
) -> list[Entity]:
    """Return the words whose plain tags differ, as entities of one word."""
    return [
        Entity(token.text, tag, token.start, token.end, score)
        for token, tag, score, other in zip(tokens, tags, scores, others, strict=True)
        if tag != other
    ]


def _place(entity: Entity) -> tuple[str, int, int]:
    return entity.label, entity.start, entity.end


def _marks(entities: Sequence[Entity], others: set[tuple[str, int, int]]) -> list[Mark]:
    return [Mark(each.start, each.end, each.label, _place(each) not in others) for each in entities]


def _to_dict(entity: Entity) -> JsonObject:
    return {"text": entity.text, "label": entity.label, "start": entity.start, "end": entity.end}
