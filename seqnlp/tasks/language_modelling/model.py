"""Language models in use: prompts in, continuations and scores out."""

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from seqnlp.data.language_codec import END, LanguageCodec
from seqnlp.errors import ConfigError, ModelFileError
from seqnlp.serving.contents import Text, list_texts
from seqnlp.serving.model import Model
from seqnlp.serving.signature import Signature, Value
from seqnlp.serving.workers import Workers
from seqnlp.tasks.language_modelling.generation import GenerationOptions
from seqnlp.tasks.language_modelling.prediction import Continuation, Generated, ScoredText
from seqnlp.text.vocabulary import PADDING, UNKNOWN
from seqnlp.types import Arrays, Integers

log = logging.getLogger("seqnlp")

ROWS = 64
"""Number of hypotheses per step."""
_POSITIONS = 1 << 21
"""Maximum of rows times length times size of the vocabulary, which limits the memory of scores."""
_WINDOW = 1024
"""Tokens of a long text that are scored at a time."""


class _Names(NamedTuple):
    """The names of inputs and outputs of one direction; those of states have a number."""

    log_probs: str
    state: str
    start: str


_NAMES = {
    "forward": _Names("prompt_log_probs", "state", "start"),
    "backward": _Names("backward_log_probs", "backward_state", "backward_start"),
}


@dataclass(frozen=True, repr=False)
class LanguageModel(Model[LanguageCodec, Text, Continuation]):
    """Continues and scores texts with a model file.

    Example:
        >>> model = seqnlp.LanguageModel.load("runs/plays")
        >>> model("ROMEO:").text
        ' I have been so long the world ...'
    """

    task = "language-model"
    codec_class = LanguageCodec

    @classmethod
    def signature(cls, codec: LanguageCodec, outputs: Collection[str]) -> Signature:
        """Return the inputs and outputs of a language model's graph.

        Raises:
            ModelFileError: The graph returns no state.
        """
        inputs = {"prompt": Value("int32", ("batch", "time")), "lengths": Value("int32", ("batch",))}
        example: Arrays = {
            "prompt": np.array([[END, len(codec) - 1]], np.int32),
            "lengths": np.array([2], np.int32),
        }
        found: dict[str, Value] = {}
        starts: dict[str, Value] = {}
        for direction in codec.directions:
            names = _NAMES[direction]
            layers = sum(name.startswith(f"{names.state}_") for name in outputs)
            if not layers:
                raise ModelFileError(
                    f"its graph returns no {names.state}_0, so it is not that of a language model"
                )
            found[names.log_probs] = Value("float32", ("batch", "time"))
            for number in range(layers):
                axes = (f"{direction}_states_{number}", "batch", f"{direction}_units_{number}")
                found[f"{names.state}_{number}"] = Value("float32", axes)
                starts[f"{names.start}_{number}"] = Value("float32", (axes[0], "starts", axes[2]))
        if "forward" in codec.directions:
            options = GenerationOptions(length=1, beam_size=1).inputs()
            inputs |= {
                name: Value(array.dtype.name, ("seeds",) * array.ndim) for name, array in options.items()
            }
            example |= options
            hypotheses = ("batch", "n_best", "steps")
            found["hypotheses"] = Value("int32", hypotheses, ids=len(codec))
            found["scores"] = Value("float32", hypotheses[:2])
        return Signature(inputs=inputs, outputs=found, example=example, optional=starts)

    @cached_property
    def _workers(self) -> Workers:
        return Workers(self.file, self.threads)

    def require_forward(self) -> None:
        """Check that the model can continue texts.

        Raises:
            ConfigError: It only reads backward.
        """
        if "forward" not in self.codec.directions:
            raise ConfigError(
                f"{self.file.path} reads texts backward, so it cannot continue them; --score scores texts"
            )

    def predict(
        self, contents: Iterable[Text], options: GenerationOptions | None = None
    ) -> list[Continuation]:
        """Continue texts. One call with many texts is faster than one call per text.

        Args:
            contents: The prompts. An empty prompt gives a new document.
            options: The options of the generation.

        Returns:
            One prediction per prompt.

        Raises:
            ConfigError: The model only reads backward.
            TypeError: `contents` is a single text, or one of them is not a text.

        Example:
            >>> found = model.predict(["ROMEO:", ""], GenerationOptions(temperature=0.5, samples=2))
            >>> len(found[0].continuations)
            2
        """
        self.require_forward()
        options = options or GenerationOptions()
        texts = [each if isinstance(each, str) else " ".join(each) for each in list_texts(contents)]
        prompts = [[END, *self.codec.encode(text)] for text in texts]
        self._warn_of_unknown(prompts)
        lengths = np.array([len(prompt) for prompt in prompts], np.int64)
        results: list[tuple[Generated, ...]] = [()] * len(texts)
        batches = list(self._batches(lengths, options))

        def generate(rows: Integers) -> None:
            session = self._workers.session(alone=len(batches) == 1)
            inputs = {**_pad([prompts[row] for row in rows]), **options.inputs()}
            ids, scores = self.file.run(["hypotheses", "scores"], inputs, session)
            for row, found, values in zip(rows.tolist(), ids.tolist(), scores.tolist(), strict=True):
                results[row] = tuple(map(self._generated, found, values))

        list((self._workers.map if len(batches) > 1 else map)(generate, batches))
        return [Continuation(*each) for each in zip(texts, results, strict=True)]

    def score(self, contents: Iterable[Text]) -> list[ScoredText]:
        """Return the log probability of each token of texts, and of their ends.

        A model that only reads backward scores each token given all tokens after it, and the beginning of
        each text instead of its end.

        Args:
            contents: Complete texts.

        Raises:
            TypeError: `contents` is a single text, or one of them is not a text.

        Example:
            >>> [text] = model.score(["To be"])
            >>> text.tokens
            ('T', 'o', ' ', 'b', 'e', '')
        """
        texts = [each if isinstance(each, str) else " ".join(each) for each in list_texts(contents)]
        rows = [[END, *self.codec.encode(text), END] for text in texts]
        found: list[list[float]] = [[] for _ in texts]
        order = np.argsort([len(row) for row in rows], kind="stable")
        count = max(1, _POSITIONS // (_WINDOW * len(self.codec)))

        def read(numbers: Integers) -> None:
            own = [rows[number] for number in numbers]
            for number, values in zip(numbers.tolist(), self._log_probs(own), strict=True):
                found[number] = values

        groups = [order[first : first + count] for first in range(0, len(order), count)]
        list((self._workers.map if len(groups) > 1 else map)(read, groups))
        forward = "forward" in self.codec.directions
        return [
            ScoredText(text, (*tokens, "") if forward else ("", *tokens), tuple(values))
            for text, values in zip(texts, found, strict=True)
            for tokens in [self.codec.split(text)]
        ]

    def _log_probs(self, rows: Sequence[Sequence[int]]) -> list[list[float]]:
        """Return the log probabilities of all ids of each row after the first, window by window.

        A model that only reads backward reads each row from its end, and scores all ids before the last.
        """
        direction = self.codec.directions[0]
        names, layers = _NAMES[direction], self._layers
        options = GenerationOptions(length=1, beam_size=1, temperature=0).inputs()
        found: list[list[float]] = [[] for _ in rows]
        states: Arrays = {} if direction == "backward" else options
        for first in range(0, max(map(len, rows)) - 1, _WINDOW):
            # A row that has ended reads one id again, and the result is ignored.
            if direction == "forward":
                windows = [row[first : first + _WINDOW + 1] or row[-1:] for row in rows]
            else:
                ends = [max(1, len(row) - first) for row in rows]
                windows = [row[max(0, end - _WINDOW - 1) : end] for row, end in zip(rows, ends, strict=True)]
            outputs = [names.log_probs, *(f"{names.state}_{number}" for number in range(layers))]
            values, *after = self.file.run(outputs, {**_pad(windows), **states})
            states = {**states, **{f"{names.start}_{number}": state for number, state in enumerate(after)}}
            for number, (window, row) in enumerate(zip(windows, values.tolist(), strict=True)):
                if direction == "forward":
                    found[number] += row[1 : len(window)]
                else:
                    found[number] = row[: len(window) - 1] + found[number]
        return found

    @cached_property
    def _layers(self) -> int:
        """The number of layers of each direction."""
        state = _NAMES[self.codec.directions[0]].state
        return sum(each.name.startswith(f"{state}_") for each in self.file.session.get_outputs())

    def _warn_of_unknown(self, prompts: Sequence[Sequence[int]]) -> None:
        """Log how many tokens of prompts are unknown, if there are any."""
        unknown = sum(prompt.count(UNKNOWN) for prompt in prompts)
        if unknown:
            total = sum(map(len, prompts)) - len(prompts)
            log.warning("%s of %s %s are unknown to the model", f"{unknown:,}", f"{total:,}", self.codec.unit)

    def _batches(self, lengths: Integers, options: GenerationOptions) -> Iterator[Integers]:
        """Yield the numbers of prompts of similar length."""
        order = np.argsort(lengths, kind="stable")
        rows = max(1, min(ROWS // options.hypotheses, self.batch_size or ROWS))
        for first in range(0, len(order), rows):
            yield order[first : first + rows]

    def _generated(self, ids: list[int], score: float) -> Generated:
        ended = END in ids
        kept = [number for number in ids if number != PADDING]
        return Generated(self.codec.decode(kept), score, ended)


def _pad(rows: Sequence[Sequence[int]]) -> Arrays:
    """Return `prompt` and `lengths` of rows of ids."""
    lengths = np.array([len(row) for row in rows], np.int32)
    prompt = np.full((len(rows), int(lengths.max())), PADDING, np.int32)
    prompt[np.arange(prompt.shape[1]) < lengths[:, None]] = [number for row in rows for number in row]
    return {"prompt": prompt, "lengths": lengths}
