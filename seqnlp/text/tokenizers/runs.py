"""Split text into runs of letters and digits, and single marks. Subwords never cross a run boundary."""

import re
import unicodedata
from collections.abc import Iterator

_ASCII_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_IDEOGRAPH = re.compile(
    "[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002a6df\U0002a700-\U0002b73f"
    "\U0002b740-\U0002b81f\U0002b820-\U0002ceaf\U0002f800-\U0002fa1f]"
)
_RUN = re.compile("w+|1")


def find_runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield the bounds of the runs, which are the words of BERT's basic tokenizer (Devlin et al. 2019).

    Example:
        >>> list(find_runs("it's 3"))
        [(0, 2), (2, 3), (3, 4), (5, 6)]
    """
    for run in _RUN.finditer(text.translate(_KINDS)):
        yield run.span()


class _Kinds(dict[int, str]):
    """Map code points to their kind for `str.translate`: part of a word (w), single mark (1) or space."""

    def __missing__(self, code_point: int) -> str:
        character = chr(code_point)
        alone = (
            character in _ASCII_PUNCTUATION
            or unicodedata.category(character).startswith("P")
            or _IDEOGRAPH.match(character)
        )
        self[code_point] = kind = " " if character.isspace() else "1" if alone else "w"
        return kind


_KINDS = _Kinds()
