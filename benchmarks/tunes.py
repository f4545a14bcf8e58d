"""Check generated tunes: whether they parse with music21, and keep the key and the metre of their prompts.

`python -m benchmarks.tunes RUN --output FILE`, for a language model that was trained on a corpus of tunes.
Each prompt is the metre and the key of a tune of the dev or test split. The same checks of the real tunes of
these splits are the reference.

- *parses*: music21 reads the tune and finds notes.
- *key*: the only key signature is the requested one, and at least 85 % of the notes belong to its scale. That
  of a minor key includes the raised sixth and seventh degrees.
- *metre*: the only metre is the requested one, and each bar has its duration. A bar may be shorter only if
  the tune starts or ends there, or if a bar line next to it is a repeat, an ending or a double bar.
- *copied*: eight bars in a row are those of a training tune, without their chords.
"""

import re
import sys
import warnings
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

from benchmarks.report import describe_machine, publish, table
from seqnlp import corpora
from seqnlp.errors import SeqnlpError
from seqnlp.tasks.language_modelling.generation import GenerationOptions
from seqnlp.tasks.language_modelling.model import LanguageModel

LEAST_IN_SCALE = 0.85
COPIED_BARS = 8
_HEADER = re.compile(r"M:(.*)\nK:(.*)\n")
_PLAIN = "|"

Tune: TypeAlias = tuple[str, str]
"""A tune, and the header that was requested."""


@dataclass(frozen=True)
class Checks:
    """The checks of a tune; each is true or false."""

    parses: bool
    key: bool
    metre: bool
    both: bool
    copied: bool

    @classmethod
    def check(cls, tune: str, header: str, known: Collection[str]) -> "Checks":
        """Check a tune.

        Args:
            tune: The tune, with its header.
            header: The header that was requested.
            known: The groups of bars of the training tunes.
        """
        copied = any(group in known for group in bar_groups(tune))
        score = parse(tune)
        if score is None:
            return cls(False, False, False, False, copied)
        metre, key = read_header(header)
        good_key, good_metre = keeps_key(score, key), keeps_metre(tune, metre)
        return cls(True, good_key, good_metre, good_key and good_metre, copied)


def read_header(tune: str) -> tuple[str, str]:
    r"""Return the metre and the key of a plain tune.

    Example:
        >>> read_header("M:6/8\nK:Am\nABc|")
        ('6/8', 'Am')
    """
    found = _HEADER.match(tune)
    if found is None:
        raise ValueError(f"not a plain tune: {tune[:40]!r}")
    return found[1], found[2]


def parse(tune: str) -> Any:
    """Return the score of a tune, or None if music21 cannot read it or finds no notes."""
    from music21 import converter

    try:
        score = converter.parseData(f"X:1\n{tune}\n", format="abc")
    except Exception:  # music21 has no common class of errors
        return None
    return score if score.recurse().notes else None


def keeps_key(score: Any, name: str) -> bool:
    """Return whether the only key of a score is the requested one, and most notes belong to its scale."""
    from music21.key import KeySignature

    wanted, scale = scale_of(name)
    signatures = {each.sharps for each in score.recurse().getElementsByClass(KeySignature)}
    pitches = [pitch.pitchClass for each in score.recurse().notes for pitch in each.pitches]
    inside = sum(pitch in scale for pitch in pitches)
    return signatures == {wanted} and inside >= LEAST_IN_SCALE * len(pitches)


def scale_of(name: str) -> tuple[int, set[int]]:
    """Return the number of sharps of a key, and its pitch classes.

    Example:
        >>> scale_of("D")
        (2, {1, 2, 4, 6, 7, 9, 11})
    """
    from music21.key import Key

    minor = name.endswith("m")
    tonic = name.removesuffix("m").replace("b", "-")
    key = Key(tonic, "minor" if minor else "major")
    scale = {pitch.pitchClass for pitch in key.getPitches()}
    raised = {(key.tonic.pitchClass + step) % 12 for step in (9, 11)} if minor else set()
    return key.sharps, scale | raised


def keeps_metre(tune: str, metre: str) -> bool:
    """Return whether the only metre is the requested one, and the bars have its duration."""
    whole = 4 * Fraction(metre)
    for change, left, length, right in bars(tune):
        if change not in (None, metre):
            return False
        shorter = length < whole and not left == right == _PLAIN
        if length and length != whole and not shorter:
            return False
    return True


def bars(tune: str) -> Iterator[tuple[str | None, str, Fraction, str]]:
    r"""Yield the metre if it is stated before or in a bar, the bar line, the duration, and the next bar line.

    Durations are in quarters. Before the first and after the last bar, the bar line is an empty text.

    Example:
        >>> list(bars("M:2/4\nK:D\nA2|B2cd"))
        [('2/4', '', Fraction(1, 2), '|'), (None, '|', Fraction(1, 1), '')]
    """
    from music21.abcFormat import ABCBar, ABCHandler, ABCMetadata, ABCNote

    handler = ABCHandler()
    handler.process(f"X:1\n{tune}\n")
    metre, left, length = None, "", Fraction(0)
    for token in handler.tokens:
        if isinstance(token, ABCBar):
            yield metre, left, length, token.src
            metre, left, length = None, token.src, Fraction(0)
        elif isinstance(token, ABCMetadata) and token.isMeter():
            metre = token.data
        elif isinstance(token, ABCNote) and not token.inGrace:
            tuplet = token.activeTuplet.tupletMultiplier() if token.activeTuplet else 1
            length += Fraction(token.quarterLength).limit_denominator(1000) * Fraction(tuplet)
    yield metre, left, length, ""


def bar_groups(tune: str) -> Iterator[str]:
    r"""Yield every eight bars in a row, without chord symbols, spaces and kinds of bar lines.

    Example:
        >>> list(bar_groups('M:2/4\nK:D\nA|"D"BA|B c:|CA|BA|\nCA|BA|CC|DC|'))
        ['A|BA|Bc|CA|BA|CA|BA|CC', 'BA|Bc|CA|BA|CA|BA|CC|DC']
    """
    music = re.sub(r'"[^"]*"|\s|\[[1-9]', "", _HEADER.sub("", tune, count=1))
    found = [bar for bar in re.split(r"[|:]+\d?", music) if bar]
    for first in range(len(found) - COPIED_BARS + 1):
        yield "|".join(found[first : first + COPIED_BARS])


def generate(
    model: LanguageModel, headers: Sequence[str], options: GenerationOptions
) -> list[tuple[str, str]]:
    """Return tunes, each with its header. Equal headers get different tunes."""
    tunes = list[tuple[str, str]]()
    for header, count in Counter(headers).items():
        several = GenerationOptions(**{**vars(options), "n_best": count})
        [found] = model.predict([header], several)
        tunes += [(header + each.text, header) for each in found.continuations]
    return tunes


def report(title: str, tunes: Iterable[Tune], known: Collection[str]) -> list[str]:
    """Return a row with the share of tunes that pass each check."""
    found = [astuple(Checks.check(tune, header, known)) for tune, header in tunes]
    return [
        title,
        f"{len(found)}",
        *(f"{sum(column) / len(found):.1%}" for column in zip(*found, strict=True)),
    ]


def main() -> None:
    """Run the command."""
    parser = ArgumentParser(prog="python -m benchmarks.tunes", description="Check generated tunes.")
    parser.add_argument("run", type=Path, help="run of a language model")
    parser.add_argument("--corpus", default="nottingham", help="the corpus of its training")
    parser.add_argument("--tunes", type=int, default=200, help="number of tunes")
    parser.add_argument("--length", type=int, default=800, help="maximum number of tokens")
    parser.add_argument("--temperature", type=float, nargs="+", default=[0.8])
    parser.add_argument("--top-p", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save", type=Path, help="ABC file for the generated tunes")
    parser.add_argument("--output", type=Path, help="file of the report")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    corpus = corpora.load(arguments.corpus)
    real = [tune.text for split in ("dev", "test") for tune in corpus.split(split)]
    headers = ["M:{}\nK:{}\n".format(*read_header(tune)) for tune in real]
    known = {group for tune in corpus.train for group in bar_groups(tune.text)}
    try:
        model = LanguageModel.load(arguments.run)
    except SeqnlpError as error:
        sys.exit(f"error: {error}")
    machine = describe_machine(("music21", "onnxruntime"))
    rows = [report("real tunes of dev and test", zip(real, headers, strict=True), known)]
    for temperature in arguments.temperature:
        options = GenerationOptions(
            length=arguments.length, temperature=temperature, top_p=arguments.top_p, seed=arguments.seed
        )
        tunes = generate(model, (headers * arguments.tunes)[: arguments.tunes], options)
        rows.append(report(f"generated, temperature {temperature}", tunes, known))
        if arguments.save is not None:
            text = "\n\n".join(f"X:{number}\n{tune}" for number, (tune, _) in enumerate(tunes, 1))
            arguments.save.write_text(text + "\n", encoding="utf-8")
    names = [field.name for field in fields(Checks)]
    publish(
        [f"{arguments.run}, {arguments.corpus}. {machine}", table(["", "tunes", *names], rows)],
        arguments.output,
    )


if __name__ == "__main__":
    main()
