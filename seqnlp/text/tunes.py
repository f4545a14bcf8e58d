"""Tunes in ABC notation in one plain form: the metre, the key and the music."""

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction

from seqnlp.text.abc_notation import LENGTH, NOTE, split_abc

_FIELD = re.compile(r"([A-Za-z+]):(?![|:])\s*(.*?)\s*")
_INLINE = re.compile(r"\[([A-Za-z]):\s*(.*?)\s*]")
_COMMENT = re.compile(r"(?<!\\)%.*")
_TIMED = re.compile(rf"({NOTE}|[xyz])({LENGTH})")
_QUOTED = re.compile(r'"\s*(.*?)\s*"')
_METRES = {"C": "4/4", "C|": "2/2"}


def plain_tune(text: str) -> str:
    r"""Return a tune in a plain form, in which language models learn tunes.

    The metre and the key stand first, so that a prompt can ask for them. All other fields, such as titles,
    composers and sources, comments, part labels and annotations are left out; chord symbols stay. The unit
    length is that of the standard for the metre: a sixteenth if the metre is less than 3/4, else an eighth.
    Lines that end with a backslash are joined with the next ones.

    Args:
        text: A tune: fields up to the key, and the music.

    Returns:
        The lines of the tune: its metre, its key and its music.

    Raises:
        ValueError: The text has no key or no music, or a metre or unit length is no fraction.

    Example:
        >>> plain_tune("X:1\nT:A tune\nL:1/4\nM:6/8\nK:D\nd e/f/g/|\n")
        'M:6/8\nK:D\nd2 efg|'
    """
    lines = list(_lines(text))
    fields, count = _header(lines)
    if not fields.get("K"):
        raise ValueError("the tune has no key (a field K: before its notes)")
    metre = _METRES.get(fields.get("M", ""), fields.get("M") or "none")
    usual = usual_unit(metre)
    scale = (_fraction(fields["L"]) if fields.get("L") else usual) / usual
    body = list[str]()
    for line in lines[count:]:
        match _field(line):
            case None:
                plain, scale = _plain_line(line, scale, usual)
                body.append(plain)
            case ("L", value):
                scale = _fraction(value) / usual
            case ("M", value):
                body.append(f"M:{_METRES.get(value, value)}")
            case ("K", value):
                body.append(f"K:{value}")
    if not any(line and _field(line) is None for line in body):
        raise ValueError("the tune has no music")
    return "\n".join([f"M:{metre}", f"K:{fields['K']}", *filter(None, body)])


def usual_unit(metre: str) -> Fraction:
    """Return the unit length of tunes that do not state one.

    Raises:
        ValueError: The metre is neither a fraction nor `none`.

    Example:
        >>> usual_unit("2/4")
        Fraction(1, 16)
    """
    return Fraction(1, 16) if metre != "none" and _fraction(metre) < Fraction(3, 4) else Fraction(1, 8)


def _lines(text: str) -> Iterator[str]:
    """Yield the lines that matter: without comments, and joined where a line of music continues."""
    waiting = ""
    for line in text.splitlines():
        plain = _COMMENT.sub("", line).strip()
        if field := _field(plain):
            if field[0] in "MKL":
                yield from filter(None, [waiting])
                waiting = ""
                yield plain
        elif (waiting + plain).endswith("\\"):
            waiting += plain[:-1]
        else:
            yield from filter(None, [waiting + plain])
            waiting = ""
    yield from filter(None, [waiting])


def _header(lines: Iterable[str]) -> tuple[dict[str, str], int]:
    """Return the fields before the music, and the number of their lines."""
    fields, count = dict[str, str](), 0
    for line in lines:
        field = _field(line)
        if field is None:
            break
        fields[field[0]] = field[1]
        count += 1
    return fields, count


def _field(line: str) -> tuple[str, str] | None:
    found = _FIELD.fullmatch(line)
    return None if found is None else (found[1], found[2])


def _plain_line(line: str, scale: Fraction, usual: Fraction) -> tuple[str, Fraction]:
    """Return a line of music in other units, and the scale at its end."""
    tokens = list[str]()
    for token in split_abc(" ".join(line.split())):
        if field := _INLINE.fullmatch(token):
            if field[1] == "L":
                scale = _fraction(field[2]) / usual
            elif field[1] in "MK":
                tokens.append(f"[{field[1]}:{field[2]}]")
        elif timed := _TIMED.fullmatch(token):
            tokens.append(timed[1] + write_length(read_length(timed[2]) * scale))
        elif chord := _QUOTED.fullmatch(token):
            tokens += [f'"{chord[1]}"'] if chord[1] and chord[1][0] not in "^_<>@" else []
        else:
            tokens.append(token)
    return "".join(tokens).strip(), scale


def read_length(text: str) -> Fraction:
    """Return the length of a note in units.

    Raises:
        ValueError: A denominator is 0.

    Example:
        >>> read_length("3/"), read_length("//")
        (Fraction(3, 2), Fraction(1, 4))
    """
    first, *others = text.split("/")
    length = Fraction(int(first or 1))
    for divisor in others:
        if not int(divisor or 2):
            raise ValueError(f"the length {text!r} has the denominator 0")
        length /= int(divisor or 2)
    return length


def write_length(length: Fraction) -> str:
    """Return the shortest text of a length.

    Example:
        >>> [write_length(Fraction(*each)) for each in ((1, 1), (3, 1), (1, 2), (3, 4))]
        ['', '3', '/2', '3/4']
    """
    above = "" if length.numerator == 1 else str(length.numerator)
    return above if length.denominator == 1 else f"{above}/{length.denominator}"


def _fraction(text: str) -> Fraction:
    """Return a metre or a unit length."""
    above, slash, below = text.partition("/")
    try:
        found = Fraction(sum(map(int, above.strip("() ").split("+"))), int(below) if slash else 1)
    except (ValueError, ZeroDivisionError):
        found = Fraction(0)
    if found <= 0:
        raise ValueError(f"{text!r} is not a fraction such as 6/8")
    return found
