"""Score documents with a language model, passage by passage."""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import TypeAlias

import numpy as np

from seqnlp.data.language_codec import END
from seqnlp.metrics.language import LanguageScores
from seqnlp.metrics.mistakes import Mark, Mistake, Side
from seqnlp.records import Origin, Passage
from seqnlp.tasks.language_modelling.model import LanguageModel
from seqnlp.text.vocabulary import UNKNOWN
from seqnlp.types import Arrays, Floats

Read: TypeAlias = tuple[Passage, str, list[int], Floats]
"""A passage, the one before it in its document or an empty string, its ids, and their log probabilities.

The ids of the last passage include the end symbol."""

_CHUNK = 1 << 22
"""Characters of complete documents that are scored together. A longer document is scored alone."""
_KEPT = 100
"""Number of the least probable tokens that are kept."""
_CONTEXT = 80
"""Most tokens before each of them that are shown."""


def score_documents(model: LanguageModel, passages: Iterable[Passage]) -> LanguageScores:
    """Score documents, each from its beginning, and find the least probable tokens.

    A model that only reads backward scores each document from its end, as a whole.

    Args:
        model: The model.
        passages: The passages of the documents, of which a few are in memory at a time.
    """
    scores, least = LanguageScores(model.codec.unit.noun), _LeastProbable(model)
    nats, tokens, size, unknown = 0.0, 0, 0, 0
    origin, begins = None, True
    for passage, before, ids, found in _read(model, passages):
        origin = passage.origin if begins else origin
        nats -= float(found.sum(dtype=np.float64))
        tokens += len(ids)
        size += len(passage.text.encode(errors="surrogatepass"))
        unknown += ids.count(UNKNOWN)
        least.add(passage, before, ids, found)
        begins = passage.last
        if begins:
            scores.add(nats, tokens, size, unknown, origin)
            nats, tokens, size, unknown = 0.0, 0, 0, 0
    scores.mistakes.extend(least.mistakes())
    return scores


def _read(model: LanguageModel, passages: Iterable[Passage]) -> Iterator[Read]:
    """Yield each passage and its scores."""
    waiting, size = list[Passage](), 0
    long: _LongDocument | None = None
    for passage in passages:
        if long is not None:
            yield long.read(passage)
            long = None if passage.last else long
            continue
        waiting.append(passage)
        size += len(passage.text)
        if size >= _CHUNK:
            complete = max((number for number, each in enumerate(waiting, 1) if each.last), default=0)
            yield from _read_together(model, waiting[:complete])
            waiting = waiting[complete:]
            size = sum(len(each.text) for each in waiting)
            if size >= _CHUNK and "forward" in model.codec.directions:
                long = _LongDocument(model)
                yield from map(long.read, waiting)
                waiting, size = [], 0
    yield from _read_together(model, waiting)


def _read_together(model: LanguageModel, passages: Sequence[Passage]) -> Iterator[Read]:
    """Read the passages of complete documents."""
    encoded, rows, before = list[tuple[str, list[int]]](), list[list[int]](), ""
    for passage in passages:
        ids = _encode(model, passage, before)
        encoded.append((before, ids))
        if not before:
            rows.append([END])
        rows[-1] += ids
        before = "" if passage.last else passage.text
    found = iter(model.log_probs(rows))
    forward = "forward" in model.codec.directions
    values, place = np.empty(0, np.float32), 0
    for passage, (before, ids) in zip(passages, encoded, strict=True):
        if not before:
            values, place = next(found), 0
            values = values if forward else np.roll(values, -1)  # the beginning counts as the end
        yield passage, before, ids, values[place : place + len(ids)]
        place += len(ids)


def _encode(model: LanguageModel, passage: Passage, before: str) -> list[int]:
    """Return the ids of a passage, and the end symbol if its document ends."""
    ids = model.codec.encode(passage.text, before)
    return [*ids, END] if passage.last else ids


class _LongDocument:
    """Reads the passages of one document, each with the state after the one before.

    Args:
        model: The model.
    """

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._states: Arrays = {}
        self._last, self._before = END, ""

    def read(self, passage: Passage) -> Read:
        """Return the passage and its scores."""
        before, ids = self._before, _encode(self._model, passage, self._before)
        found, self._states = self._model.read_on([self._last, *ids], self._states)
        self._last, self._before = ids[-1], passage.text
        return passage, before, ids, found


class _LeastProbable:
    """Keeps the least probable tokens with the tokens before them."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._numbers = count()
        self._heap: list[tuple[float, int, list[int], str, int, Origin | None]] = []

    def add(self, passage: Passage, before: str, ids: list[int], found: Floats) -> None:
        """Add the tokens of a passage.

        Args:
            passage: The passage.
            before: The passage before it in the document, or an empty string.
            ids: Its tokens.
            found: Their log probabilities.
        """
        bound = -self._heap[0][0] if len(self._heap) == _KEPT else np.inf
        places = np.flatnonzero(found < bound)
        if len(places) > _KEPT:
            places = np.sort(places[np.argpartition(found[places], _KEPT)[:_KEPT]])
        if not len(places):
            return
        surfaces, start = [*self._model.codec.split(passage.text, before), ""], [] if before else [END]
        for place in places.tolist():
            context = (
                [*start, *ids[:place]][-_CONTEXT:] if place < _CONTEXT else ids[place - _CONTEXT : place]
            )
            entry = (
                -float(found[place]),
                next(self._numbers),
                context or [END],
                surfaces[place],
                ids[place],
                passage.origin,
            )
            (heapq.heappushpop if len(self._heap) == _KEPT else heapq.heappush)(self._heap, entry)

    def mistakes(self) -> Iterator[Mistake]:
        """Yield the tokens, the least probable first, unless the model predicts them after what is shown.

        A model that only reads backward has no prediction after a text, and yields nothing.
        """
        codec, ordered = self._model.codec, sorted(self._heap, key=lambda entry: (-entry[0], entry[1]))
        if "forward" not in codec.directions:
            return
        predicted = self._model.most_probable([entry[2] for entry in ordered])
        for (nats, _, context, surface, number, origin), best in zip(ordered, predicted, strict=True):
            text = codec.decode(context[1:] if context[0] == END else context)
            gold = surface if number == UNKNOWN else codec.decode([number], text)
            other = codec.decode([best], text)
            if gold != other:
                details = {"log_probability": round(-nats, 4)}
                yield Mistake(text, _side(text, gold), _side(text, other), origin, details)


def _side(text: str, token: str) -> Side:
    return Side(token, text + token, [Mark(len(text), len(text) + len(token))] if token else [])
