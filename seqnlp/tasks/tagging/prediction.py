"""The prediction of a tagger."""

from collections.abc import Sequence
from dataclasses import dataclass
from json import dumps
from json.encoder import encode_basestring as quoted  # JSON without escapes of non-ASCII text
from typing import Any
from zlib import crc32

from seqnlp.serving.marking import escape_html, marked
from seqnlp.serving.prediction import Prediction, place_fields
from seqnlp.text.schemes import OUTSIDE, to_spans
from seqnlp.text.tokenizers import Token
from seqnlp.types import JsonObject

_NAMES = ("text", "entities", "tokens")


@dataclass(frozen=True, slots=True)
class Entity:
    """A labelled span of a text.

    Attributes:
        text: Its surface.
        label: Its label.
        start: The offset of its first character in the text.
        end: The offset after its last character.
        score: The lowest probability among the tags of its words.
    """

    text: str
    label: str
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class TaggedText(Prediction):
    """A tagged text. `text[start:end]` is the surface of every token and of every entity.

    A notebook shows it with its labels highlighted.

    Attributes:
        text: The text.
        tokens: Its tokens.
        tags: The tag of each token.
        scores: The probability of each tag.
        entities: The spans that the tags form. Empty if tags are plain.
        sentences: The slice of the tokens of each sentence.
        plain: Whether each tag labels its word alone and forms no span, such as a part of speech.
    """

    text: str
    tokens: Sequence[Token]
    tags: Sequence[str]
    scores: Sequence[float]
    entities: Sequence[Entity]
    sentences: Sequence[slice] = ()
    plain: bool = False

    def spans(self) -> list[tuple[int, int, str]]:
        """Return the start, the end and the label of every entity, or of every token if tags are plain."""
        if self.plain:
            return [(token.start, token.end, tag) for token, tag in zip(self.tokens, self.tags, strict=True)]
        return [(entity.start, entity.end, entity.label) for entity in self.entities]

    def _repr_html_(self) -> str:
        text = marked(self.text, self.spans(), _highlight, escape_html)
        return f'<div style="line-height: 2; white-space: pre-wrap">{text}</div>'

    def to_dict(self, *, tokens: bool = False) -> JsonObject:
        """Return the prediction as JSON values: `text`, `entities` and optionally `tokens`.

        Args:
            tokens: Whether to include the tokens with their tags. Plain tags always include them.
        """
        values: dict[str, Any] = {
            "text": self.text,
            "entities": [
                {
                    "text": entity.text,
                    "label": entity.label,
                    "start": entity.start,
                    "end": entity.end,
                    "score": round(entity.score, 4),
                }
                for entity in self.entities
            ],
        }
        if tokens or self.plain:
            values["tokens"] = [
                {
                    "text": token.text,
                    "start": token.start,
                    "end": token.end,
                    "label": tag,
                    "score": round(score, 4),
                }
                for token, tag, score in zip(self.tokens, self.tags, self.scores, strict=True)
            ]
        return values

    def to_json(self, fields: JsonObject | None = None, *, tokens: bool = False) -> str:
        """Return the result of `to_dict` as one line of JSON, faster than `json.dumps` would.

        Args:
            fields: The fields of the input line, which come first (see `place_fields`).
            tokens: As for `to_dict`.
        """
        tokens = tokens or self.plain
        names = _NAMES if tokens else _NAMES[:2]
        before = dumps(place_fields(fields, names), ensure_ascii=False)[1:-1] + ", " if fields else ""
        entities = [
            f'{{"text": {quoted(entity.text)}, "label": {quoted(entity.label)}, "start": {entity.start}, '
            f'"end": {entity.end}, "score": {entity.score:.4f}}}'
            for entity in self.entities
        ]
        line = f'{{{before}"text": {quoted(self.text)}, "entities": [{", ".join(entities)}]'
        return f'{line}, "tokens": [{", ".join(self._tokens_to_json())}]}}' if tokens else f"{line}}}"

    def _tokens_to_json(self) -> list[str]:
        return [
            f'{{"text": {quoted(text)}, "start": {start}, "end": {end}, '
            f'"label": {quoted(tag)}, "score": {score:.4f}}}'
            for (text, start, end), tag, score in zip(self.tokens, self.tags, self.scores, strict=True)
        ]


def _highlight(text: str, label: str) -> str:
    style = f"background: hsl({crc32(label.encode()) % 360}, 80%, 85%); color: #222; border-radius: .3em"
    marked_text = f"{escape_html(text)} <small>{escape_html(label)}</small>"
    return f'<mark style="{style}; padding: .2em .4em">{marked_text}</mark>'


def read_entities(
    text: str, tokens: Sequence[Token], tags: Sequence[str], scores: Sequence[float], scheme: str
) -> list[Entity]:
    """Return the entities of one sentence.

    Args:
        text: The text.
        tokens: The tokens of the sentence.
        tags: The tag of each token.
        scores: The probability of each tag.
        scheme: The tagging scheme.
    """
    if tags.count(OUTSIDE) == len(tags):
        return []
    entities = []
    for span in to_spans(tags, scheme):
        start, end = tokens[span.start].start, tokens[span.end - 1].end
        score = min(scores[span.start : span.end])
        entities.append(Entity(text[start:end], span.label, start, end, score))
    return entities
