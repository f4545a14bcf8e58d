"""The activation of single hidden units over a text (Karpathy et al. 2015)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from seqnlp.errors import ConfigError
from seqnlp.files import atomic_write_text
from seqnlp.serving.model_file import ModelFile
from seqnlp.serving.prediction import Prediction
from seqnlp.tasks.language_modelling.generation import GenerationOptions
from seqnlp.types import Arrays, Floats, JsonObject

AUTO = "auto"
"""Stands for the units that `slow_units` selects."""
_AUTOMATIC = 3
_BLOCKS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Activations(Prediction):
    """The activations of units of one layer, after each token of a text.

    Attributes:
        text: The text.
        tokens: Its tokens.
        layer: The number of the layer, from 1.
        units: The numbers of the units, from 0.
        values: float32 [tokens, units], from -1 to 1: the hyperbolic tangent of the cell state of an LSTM, or
            the hidden state of other cells.
        separator: The text between two tokens: a space between words.
    """

    text: str
    tokens: tuple[str, ...] = field(repr=False)
    layer: int
    units: tuple[int, ...]
    values: Floats = field(repr=False)
    separator: str = ""

    def to_dict(self) -> JsonObject:
        """Return the tokens and the activations of each unit as JSON values."""
        return {
            "text": self.text,
            "layer": self.layer,
            "tokens": list(self.tokens),
            "units": [
                {"unit": unit, "activations": np.round(self.values[:, place].astype(float), 4).tolist()}
                for place, unit in enumerate(self.units)
            ],
        }

    def to_blocks(self) -> str:
        """Return the text once per unit, with a row of blocks below each line that are higher for +1."""
        return "\n".join(
            f"unit {unit} of layer {self.layer}\n{self._blocks(place)}"
            for place, unit in enumerate(self.units)
        )

    def _blocks(self, place: int) -> str:
        below = "".join(
            "".join(character if character == "\n" else _block(value) for character in token)
            + " " * len(self.separator)
            for token, value in zip(self.tokens, self.values[:, place].tolist(), strict=True)
        )
        lines = zip(self.separator.join(self.tokens).split("\n"), below.split("\n"), strict=True)
        return "\n".join(f"{text}\n{blocks.rstrip()}" for text, blocks in lines)

    def draw(self, path: Path | str) -> None:
        """Draw the text in colours, once per unit, as an HTML page."""
        from seqnlp.serving.html_page import PAGE_END
        from seqnlp.tasks.language_modelling.activations_html import write_article, write_page_start

        atomic_write_text(Path(path), "\n".join([write_page_start(""), write_article(self), PAGE_END]))

    def _repr_html_(self) -> str:
        from seqnlp.tasks.language_modelling.activations_html import write_fragment

        return write_fragment(self)


def _block(value: float) -> str:
    return _BLOCKS[min(int((value + 1) / 2 * len(_BLOCKS)), len(_BLOCKS) - 1)]


def slow_units(values: Floats, count: int = _AUTOMATIC) -> tuple[int, ...]:
    """Return the units that vary most over a text, but little from one token to the next.

    Such units remember something for a while, for example that a quotation or a bracket is open. The measure
    is the autocovariance of a unit with itself one token before.

    Args:
        values: float32 [tokens, units], the activations of all units.
        count: The number of units to return.

    Returns:
        The numbers of the units, the highest measure first.

    Example:
        >>> slow_units(np.array([[-1, 1, 0], [-1, -1, 0], [1, 1, 0], [1, -1, 0]], np.float32), 2)
        (0, 2)
    """
    if not len(values):
        return tuple(range(min(count, values.shape[1])))
    centred = values - values.mean(axis=0)
    measure = (centred[1:] * centred[:-1]).sum(axis=0)
    return tuple(np.argsort(-measure, kind="stable")[:count].tolist())


def read_units(text: str) -> tuple[int, ...] | None:
    """Read the numbers of units; None for `auto`.

    Raises:
        ConfigError: The text is not a list of numbers.

    Example:
        >>> read_units("3, 17")
        (3, 17)
    """
    if text.strip() == AUTO:
        return None
    try:
        units = tuple(int(each) for each in text.split(","))
    except ValueError:
        units = ()
    if not units or min(units) < 0:
        raise ConfigError(f"units are numbers such as 3,17, or auto, not {text!r}")
    return units


def check_units(units: Sequence[int], count: int) -> None:
    """Check that a layer has these units.

    Raises:
        ConfigError: It does not.
    """
    unknown = [unit for unit in units if not 0 <= unit < count]
    if unknown:
        raise ConfigError(f"the layer has no unit {unknown[0]}; its units are 0 to {count - 1}")


def unit_activations(file: ModelFile, layers: int, rows: Sequence[Sequence[int]], layer: int) -> list[Floats]:
    """Read rows of ids one by one, and return the activations of all units after each.

    Args:
        file: The model file.
        layers: The number of layers.
        rows: Ids. Those of a row start with the end symbol.
        layer: The number of the layer, from 1.

    Returns:
        float32 [ids - 2, units] for each row: without those after the first and the last id.
    """
    found: list[list[Floats]] = [[] for _ in rows]
    states = [f"state_{number}" for number in range(layers)]
    after: Arrays = {}
    before: list[int] = []
    options = GenerationOptions(length=1, beam_size=1, temperature=0).inputs()
    for numbers, ids in pairs(rows):
        kept = [place for place, number in enumerate(before) if number in set(numbers)]
        inputs = {
            "prompt": np.array(ids, np.int32),
            "lengths": np.full(len(ids), 2, np.int32),
            **{name.replace("state", "start"): state[:, kept] for name, state in after.items()},
        }
        values = file.run(states, {**inputs, **options})
        after, before = dict(zip(states, values, strict=True)), numbers
        state = values[layer - 1]
        # The last tensor of an LSTM's state is that of its cells, which has no bounds.
        shown = np.tanh(state[-1]) if len(state) > 1 else state[0]
        for number, row in zip(numbers, shown, strict=True):
            found[number].append(row)
    return [np.stack(each)[1:] for each in found]


def pairs(rows: Sequence[Sequence[int]]) -> Iterator[tuple[list[int], list[list[int]]]]:
    """Yield, for each place of rows of ids, the rows that have it and their ids at this place and the next.

    Example:
        >>> list(pairs([[2, 7, 2], [2, 2]]))
        [([0, 1], [[2, 7], [2, 2]]), ([0], [[7, 2]])]
    """
    for place in range(max(map(len, rows), default=1) - 1):
        numbers = [number for number, row in enumerate(rows) if len(row) > place + 1]
        yield numbers, [list(rows[number][place : place + 2]) for number in numbers]
