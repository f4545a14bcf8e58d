"""Language models in use: prompts in, continuations and scores out."""

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from seqnlp.errors import ConfigError, ModelFileError
from seqnlp.serving.contents import Text, list_texts
from seqnlp.serving.model import Model
from seqnlp.serving.signature import Signature, Value
from seqnlp.serving.workers import Workers
from seqnlp.tasks.language_modelling.activations import Activations, check_units, slow_units, unit_activations
from seqnlp.tasks.language_modelling.codec import END, LanguageCodec
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
        layers = sum(name.startswith("state_") for name in outputs)
        if not layers:
            raise ModelFileError("its graph returns no state_0, so it is not that of a language model")
        options = GenerationOptions(length=1, beam_size=1).inputs()
        hypotheses = ("batch", "n_best", "steps")
        states = {
            f"state_{number}": Value("float32", (f"states_{number}", "batch", f"units_{number}"))
            for number in range(layers)
        }
        starts = {
            f"start_{number}": Value("float32", (f"states_{number}", "starts", f"units_{number}"))
            for number in range(layers)
        }
        return Signature(
            inputs={
                "prompt": Value("int32", ("batch", "time")),
                "lengths": Value("int32", ("batch",)),
                **{name: Value(array.dtype.name, ("seeds",) * array.ndim) for name, array in options.items()},
            },
            outputs={
                "hypotheses": Value("int32", hypotheses, ids=len(codec)),
                "scores": Value("float32", hypotheses[:2]),
                "prompt_log_probs": Value("float32", ("batch", "time")),
                **states,
            },
            example={
                "prompt": np.array([[END, len(codec) - 1]], np.int32),
                "lengths": np.array([2], np.int32),
                **options,
            },
            optional=starts,
        )

    @cached_property
    def _workers(self) -> Workers:
        return Workers(self.file, self.threads)

    @cached_property
    def _states(self) -> list[str]:
        names = [output.name for output in self.file.session.get_outputs()]
        return [name for name in names if name.startswith("state_")]

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
            TypeError: `contents` is a single text, or one of them is not a text.

        Example:
            >>> found = model.predict(["ROMEO:", ""], GenerationOptions(temperature=0.5, samples=2))
            >>> len(found[0].continuations)
            2
        """
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
        return [
            ScoredText(text, (*self.codec.split(text), ""), tuple(values))
            for text, values in zip(texts, found, strict=True)
        ]

    def _log_probs(self, rows: Sequence[Sequence[int]]) -> list[list[float]]:
        """Return the log probabilities of all ids of each row after the first, window by window."""
        found: list[list[float]] = [[] for _ in rows]
        states: Arrays = {}
        for first in range(0, max(map(len, rows)) - 1, _WINDOW):
            # A row that has ended reads its last id again, and the result is ignored.
            windows = [row[first : first + _WINDOW + 1] or row[-1:] for row in rows]
            inputs = {**_pad(windows), **GenerationOptions(length=1, beam_size=1, temperature=0).inputs()}
            values, *after = self.file.run(["prompt_log_probs", *self._states], {**inputs, **states})
            names = (name.replace("state", "start") for name in self._states)
            states = dict(zip(names, after, strict=True))
            for own, window, row in zip(found, windows, values.tolist(), strict=True):
                own += row[1 : len(window)]
        return found

    def _warn_of_unknown(self, prompts: Sequence[Sequence[int]]) -> None:
        """Log how many tokens of prompts are unknown, if there are any."""
        unknown = sum(prompt.count(UNKNOWN) for prompt in prompts)
        if unknown:
            total = sum(map(len, prompts)) - len(prompts)
            log.warning("%s of %s %s are unknown to the model", f"{unknown:,}", f"{total:,}", self.codec.noun)

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

    def activations(
        self, contents: Iterable[Text], units: Sequence[int] | None = None, layer: int = 0
    ) -> list[Activations]:
        """Return the activations of hidden units after each token of texts.

        The texts are read token by token, which is slower than `score`.

        Args:
            contents: The texts.
            units: The numbers of the units; None for the three that vary most slowly (see `slow_units`).
            layer: The number of the layer, from 1; 0 is the last one.

        Raises:
            TypeError: `contents` is a single text, or one of them is not a text.
            ConfigError: The model has no such layer or unit.

        Example:
            >>> [found] = model.activations(["(a) b"], units=[3])
            >>> found.values.shape
            (5, 1)
        """
        if not 0 <= layer <= len(self._states):
            raise ConfigError(f"the model has no layer {layer}; its last one is {len(self._states)}")
        layer = layer or len(self._states)
        texts = [each if isinstance(each, str) else " ".join(each) for each in list_texts(contents)]
        found = list[Activations]()
        for first in range(0, len(texts), ROWS):
            group = texts[first : first + ROWS]
            rows = [[END, *self.codec.encode(text), END] for text in group]
            values = unit_activations(self.file, self._states, rows, layer)
            for text, own in zip(group, values, strict=True):
                chosen = slow_units(own) if units is None else tuple(units)
                check_units(chosen, own.shape[1])
                tokens, separator = tuple(self.codec.split(text)), " " if self.codec.unit == "words" else ""
                found.append(Activations(text, tokens, layer, chosen, own[:, list(chosen)], separator))
        return found


def _pad(rows: Sequence[Sequence[int]]) -> Arrays:
    """Return `prompt` and `lengths` of rows of ids."""
    lengths = np.array([len(row) for row in rows], np.int32)
    prompt = np.full((len(rows), int(lengths.max())), PADDING, np.int32)
    prompt[np.arange(prompt.shape[1]) < lengths[:, None]] = [number for row in rows for number in row]
    return {"prompt": prompt, "lengths": lengths}
