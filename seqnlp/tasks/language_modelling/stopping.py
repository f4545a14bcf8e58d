"""Stop strings: generated texts end before the first one.

The strings become an automaton over token ids (Aho and Corasick 1975), which the graph follows token by
token. Thus generation ends with the token that completes a string, with any kind of token, and in samples and
beams.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from seqnlp.types import Array, Arrays, Ids

_OTHER = 0
"""The number of all characters that occur in no stop string."""


def cut_at_stop(text: str, stops: Sequence[str]) -> tuple[str, bool]:
    """Return a text before the stop string that is the first to be complete, and whether there is one.

    Example:
        >>> cut_at_stop("one two three", ["three", "wo"])
        ('one t', True)
    """
    found = [(text.find(stop) + len(stop), text.find(stop)) for stop in stops if stop in text]
    return (text[: min(found)[1]], True) if found else (text, False)


@dataclass(frozen=True)
class TokenTexts:
    """The text that each token adds to a generated text.

    Attributes:
        after_space: The text of each id at the beginning, and after white space.
        after_word: The text of each id after other characters, such as ` word` with a space before it.
    """

    after_space: Sequence[str]
    after_word: Sequence[str]

    @classmethod
    def learn(cls, decode: Callable[[Sequence[int]], str], count: int, end: int) -> Self:
        """Find the texts of all ids.

        Args:
            decode: Returns the text of ids.
            count: The number of ids.
            end: The id of the end symbol. It and the ids below have no text.
        """
        ids = range(end + 1, count)
        after_space = [""] * (end + 1) + [decode([number]) for number in ids]
        word = next((number for number in ids if after_space[number][-1:].strip()), None)
        if word is None:
            return cls(after_space, after_space)
        before = len(after_space[word])
        after_word = [""] * (end + 1) + [decode([word, number])[before:] for number in ids]
        return cls(after_space, after_word)


@dataclass(frozen=True)
class Stopping:
    """An automaton that finds stop strings in generated tokens.

    A state is a node of the tree of all beginnings of stop strings, and whether the text is empty or ends
    with white space (even) or not (odd). The last state is reached when a string is complete, or by the end
    symbol.

    Attributes:
        table: int32 [states, vocabulary], the next state after each token in each state.
        depths: int64 [states], the number of characters at the end of a text that begin a stop string.

    Example:
        >>> texts = TokenTexts.learn(lambda ids: "".join(" ab"[number - 2] for number in ids), 5, end=2)
        >>> stopping = Stopping.from_texts(["ab"], texts, end=2)
        >>> stopping.follow([3, 3, 4]), stopping.complete
        (6, 6)
    """

    table: Ids
    depths: Array

    @classmethod
    def from_texts(cls, stops: Sequence[str], texts: TokenTexts, end: int) -> Self:
        """Build the automaton.

        Args:
            stops: The stop strings. None is empty.
            texts: The texts of all tokens.
            end: The id of the end symbol.
        """
        characters = {each: number for number, each in enumerate(sorted(set("".join(stops))), _OTHER + 1)}
        tree = _Tree(stops, characters)
        tables = [tree.follow(each) for each in (texts.after_space, texts.after_word)]
        parities = [
            [bool(text[-1:].strip()) for text in each] for each in (texts.after_space, texts.after_word)
        ]
        complete = 2 * tree.complete
        table = np.full((complete + 1, len(texts.after_space)), complete, np.int32)
        for parity, (nodes, odd) in enumerate(zip(tables, parities, strict=True)):
            found = 2 * nodes[: tree.complete] + np.array(odd)
            table[parity:complete:2] = np.where(nodes[: tree.complete] == tree.complete, complete, found)
        table[:, end] = complete
        return cls(table, np.append(np.repeat(tree.depths, 2), 0))

    @classmethod
    def at_end(cls, vocabulary: int, end: int) -> Self:
        """Return an automaton without stop strings."""
        table = np.zeros((2, vocabulary), np.int32)
        table[0, end] = table[1] = 1
        return cls(table, np.zeros(2, np.int64))

    @property
    def complete(self) -> int:
        """The state in which a text is complete."""
        return len(self.table) - 1

    def first(self, after_word: bool) -> int:
        """Return the state before the first token.

        Args:
            after_word: Whether the text before continues with a space where it needs one.
        """
        return int(after_word and self.complete > 1)

    def follow(self, ids: Sequence[int], state: int = 0) -> int:
        """Return the state after tokens."""
        for number in ids:
            state = int(self.table[state, number])
        return state

    def inputs(self, states: Sequence[int]) -> Arrays:
        """Return the automaton as inputs of the graph.

        Args:
            states: The state of each row.
        """
        return {"stops": self.table, "stop_state": np.array(states, np.int32)}


class _Tree:
    """The tree of all beginnings of stop strings, with the next node after each character.

    Attributes:
        transitions: int64 [nodes + 1, characters]. The last row belongs to no node of the tree: in it, a
            string is complete.
        depths: int64 [nodes], the number of characters of each beginning.
        complete: The number of nodes.
    """

    def __init__(self, stops: Sequence[str], characters: dict[str, int]) -> None:
        children: list[dict[int, int]] = [{}]
        depths, final = [0], [False]
        for stop in stops:
            node = 0
            for character in stop:
                number = characters[character]
                if number not in children[node]:
                    children[node][number] = len(children)
                    children.append({})
                    depths.append(depths[node] + 1)
                    final.append(False)
                node = children[node][number]
            final[node] = True
        self.characters, self.complete = characters, len(children)
        self.depths = np.array(depths)
        self.transitions = np.zeros((len(children) + 1, len(characters) + 1), np.int64)
        self.transitions[-1] = self.complete
        # The next node of a character without child is that of the longest suffix that is a beginning, too.
        suffixes, waiting = [0] * len(children), deque([0])
        while waiting:
            node = waiting.popleft()
            suffix = self.transitions[suffixes[node]].copy()
            final[node] = final[node] or final[suffixes[node]]
            for number, child in children[node].items():
                suffixes[child] = int(suffix[number]) if node else 0
                waiting.append(child)
            self.transitions[node] = suffix
            for number, child in children[node].items():
                self.transitions[node, number] = child
        for node in np.flatnonzero(final).tolist():
            self.transitions[self.transitions == node] = self.complete

    def follow(self, texts: Sequence[str]) -> Array:
        """Return the node after each text from each node, int64 [nodes + 1, texts]."""
        nodes = np.repeat(np.arange(self.complete + 1)[:, None], len(texts), axis=1)
        lengths = np.array([len(text) for text in texts])
        for place in range(lengths.max(initial=0)):
            longer = np.flatnonzero(lengths > place).tolist()
            numbers = np.array([self.characters.get(texts[number][place], _OTHER) for number in longer])
            nodes[:, longer] = self.transitions[nodes[:, longer], numbers]
        return nodes
