"""Read and write bracketed trees: `(S (NP (DT The) (NN cat)) (VP (VBZ sleeps)))`."""

import re
from collections.abc import Iterable, Iterator

from seqnlp.records import ParseTree, Span

_TOKEN = re.compile(r"\(|\)|[^\s()]+", re.ASCII)  # a no-break space is part of a word
_BRACKETS = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}"}
_ESCAPES = {"(": "-LRB-", ")": "-RRB-"}
_ESCAPED = re.compile(r"(-[LR][RSC]B-)|\\([/*])|\\u([0-9a-fA-F]{4})")
_SPECIAL = re.compile(r"[\s()]|-(?=[LR][RSC]B[-()])|\\(?=[/*]|u[0-9a-fA-F]{4})")
_ESCAPED_LABEL = re.compile(r"()()\\u([0-9a-fA-F]{4})")
_SPECIAL_LABEL = re.compile(r"[\s()]|\\(?=u[0-9a-fA-F]{4})")


class BracketError(ValueError):
    """A text is not a valid tree.

    Attributes:
        line: The line number of the error.
    """

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def parse_tree(lines: Iterable[tuple[int, str]]) -> ParseTree:
    r"""Parse a bracketed tree.

    An outer bracket without a label is removed. The escapes of the Penn Treebank are resolved: `-LRB-`
    becomes an opening bracket, and `1\/2` becomes 1/2. `\u00a0` becomes the character with this number.

    Args:
        lines: The lines of the tree with their line numbers.

    Returns:
        The tree, without an origin.

    Raises:
        BracketError: The text is not a valid tree.

    Example:
        >>> parse_tree([(1, "(S (NP Birds) (VP fly))")]).words
        ('Birds', 'fly')
    """
    words: list[str] = []
    labels: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    opened: list[int] = []  # indices of brackets that are not closed yet
    number = 1
    for number, token, label in _read_tokens(lines):
        if token == "(":
            if (problem := _misplaced(label, opened, labels)) is not None:
                raise BracketError(problem, number)
            opened.append(len(labels))
            labels.append(label)
            starts.append(len(words))
            ends.append(0)
        elif not opened:
            raise BracketError("not a tree: extra closing bracket, or a word outside all brackets", number)
        elif token == ")":
            at = opened.pop()
            if starts[at] == len(words):
                raise BracketError(f"the label {labels[at]!r} covers no word", number)
            ends[at] = len(words)
        else:
            words.append(_ESCAPED.sub(_resolve, token) if "-" in token or "\\" in token else token)
    if opened:
        raise BracketError("not a tree: unclosed bracket", number)
    spans = tuple(map(Span, labels, starts, ends))[0 if labels and labels[0] else 1 :]
    if not spans or spans[0].end < len(words):
        raise BracketError(
            "no label covers the whole tree" if words else "not a tree: the text is empty", number
        )
    return ParseTree(tuple(words), spans)


def _misplaced(label: str, opened: list[int], labels: list[str]) -> str | None:
    """Return why a bracket with this label is not allowed here, or None."""
    if labels and not opened:
        return "more than one tree"
    return "a bracket without a label" if opened and not label else None


def _read_tokens(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str, str]]:
    """Yield the line of each token, the token, and the label of an opening bracket."""
    opens: int | None = None
    for number, line in lines:
        for token in _TOKEN.findall(line):
            if opens is not None:
                labelled = token not in "()"
                yield opens, "(", _ESCAPED_LABEL.sub(_resolve, token) if labelled else ""
                opens = None
                if labelled:
                    continue
            if token == "(":
                opens = number
            else:
                yield number, token, ""
    if opens is not None:
        yield opens, "(", ""


def _resolve(escape: re.Match[str]) -> str:
    bracket, symbol, number = escape.groups()
    return _BRACKETS[bracket] if bracket else symbol or chr(int(number, 16))


def write_tree(tree: ParseTree) -> str:
    r"""Return a tree as one line of brackets, from which `parse_tree` restores it.

    Brackets in words become `-LRB-` and `-RRB-`. White space, and what would be read as an escape, become
    escapes such as `\u00a0`; so do brackets in labels.

    Example:
        >>> write_tree(ParseTree(("Birds", ":-)"), (Span("NP", 0, 2),)))
        '(NP Birds :--RRB-)'
    """
    parts: list[str] = []
    open_ends: list[int] = []
    place = 0

    def add(words: Iterable[str]) -> None:
        parts.extend(f" {_SPECIAL.sub(_escape, word)}" for word in words)

    def close(before: int) -> None:
        """Close the spans that end at or before this word."""
        nonlocal place
        while open_ends and open_ends[-1] <= before:
            end = open_ends.pop()
            add(tree.words[place:end])
            place = end
            parts.append(")")

    for span in tree.spans:
        close(span.start)
        add(tree.words[place : span.start])
        place = span.start
        parts.append(f" ({_SPECIAL_LABEL.sub(_escape_label, span.label)}")
        open_ends.append(span.end)
    close(len(tree.words))
    return "".join(parts).strip()


def _escape(special: re.Match[str]) -> str:
    character = special.group()
    return _ESCAPES.get(character) or _escape_label(special)


def _escape_label(special: re.Match[str]) -> str:
    return f"\\u{ord(special.group()):04x}"
