"""Language models in use: prompts in, continuations and scores out."""

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from seqnlp.data.language_codec import END, LanguageCodec
from seqnlp.errors import ConfigError, ModelFileError
from seqnlp.serving.contents import Text, list_texts
from seqnlp.serving.search_model import SearchModel
from seqnlp.serving.signature import Signature, Value
from seqnlp.tasks.language_modelling.activations import Activations, check_units, slow_units, unit_activations
from seqnlp.tasks.language_modelling.generation import GenerationOptions
from seqnlp.tasks.language_modelling.prediction import Continuation, Generated, ScoredText
from seqnlp.tasks.language_modelling.sampling import Run, sample_windows
from seqnlp.tasks.language_modelling.stopping import Stopping, TokenTexts, cut_at_stop
from seqnlp.text.vocabulary import PADDING, UNKNOWN
from seqnlp.types import Arrays, Floats, Integers

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

log = logging.getLogger("seqnlp")

ROWS = 32
"""Number of hypotheses per step. Two threads with 32 each are faster than 64 in both (decision 0090)."""
_POSITIONS = 1 << 21
"""Maximum of rows times length times size of the vocabulary, which limits the memory of scores."""
_WINDOW = 1024
"""Tokens of a long text that are scored at a time."""
_STREAMED = 16
"""Tokens of a text that are generated before they are yielded."""


class _Names(NamedTuple):
    """The names of inputs and outputs of one direction; those of states have a number."""

    log_probs: str
    state: str
    start: str


_NAMES = {
    "forward": _Names("prompt_log_probs", "state", "start"),
    "backward": _Names("backward_log_probs", "backward_state", "backward_start"),
}


_SAMPLES = ("batch", "samples")
_CONTINUATION = {
    "first_step": Value("int64", ()),
    "first_sample": Value("int64", ("first_samples",)),
    "least_left": Value("int32", ()),
    "stops": Value("int32", ("stop_states", "ids")),
    "stop_state": Value("int32", ("first_stop_states",)),
}
"""Inputs with which a generation continues another one, or ends at a text."""


def _generated_outputs(codec: LanguageCodec) -> dict[str, Value]:
    """Return the outputs of a generation, without the states after it."""
    hypotheses = ("batch", "n_best", "steps")
    return {
        "hypotheses": Value("int32", hypotheses, ids=len(codec)),
        "scores": Value("float32", hypotheses[:2]),
        "sample_number": Value("int64", _SAMPLES),
        "stop_state_after": Value("int32", _SAMPLES),
    }


@dataclass(frozen=True, repr=False)
class LanguageModel(SearchModel[LanguageCodec, Text, Continuation]):
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
        optional: dict[str, Value] = {}
        for direction in codec.directions:
            names = _NAMES[direction]
            layers = sum(name.startswith(f"{names.state}_") for name in outputs)
            if not layers:
                raise ModelFileError(
                    f"its graph returns no {names.state}_0, so it is not that of a language model"
                )
            found[names.log_probs] = Value("float32", ("batch", "time"))
            for number in range(layers):
                states, units = f"{direction}_states_{number}", f"{direction}_units_{number}"
                found[f"{names.state}_{number}"] = Value("float32", (states, "batch", units))
                optional[f"{names.start}_{number}"] = Value("float32", (states, "starts", units))
                if direction == "forward":
                    found[f"after_{number}"] = Value("float32", (states, *_SAMPLES, units))
        if "forward" in codec.directions:
            options = GenerationOptions(length=1, beam_size=1).inputs()
            inputs |= {
                name: Value(array.dtype.name, ("seeds",) * array.ndim) for name, array in options.items()
            }
            example |= options
            found |= _generated_outputs(codec)
            optional |= _CONTINUATION
        return Signature(inputs=inputs, outputs=found, example=example, optional=optional)

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
            >>> found = model.predict(["ROMEO:", ""], GenerationOptions(temperature=0.5, n_best=2))
            >>> len(found[0].continuations)
            2
        """
        self.require_forward()
        options = self._normalise(options)
        texts = [each if isinstance(each, str) else " ".join(each) for each in list_texts(contents)]
        prompts = [[END, *self.codec.encode(text)] for text in texts]
        self._warn_of_unknown(prompts)
        stopping = self._stopping(options)
        generate = self._draw if options.temperature else self._search
        results: list[tuple[Generated, ...]] = [()] * len(texts)

        def continue_group(rows: Integers, session: "InferenceSession") -> None:
            stop_states = [self._stop_state(texts[row], stopping) for row in rows]
            own = pad_prompts([prompts[row] for row in rows])
            run = partial(self.file.run, session=session)
            for row, found in zip(rows, generate(run, own, options, stopping, stop_states), strict=True):
                best = sorted(found, key=lambda each: -each[1])[: options.n_best]
                results[row] = tuple(self._generated(*each, texts[row], options) for each in best)

        lengths = np.array([len(prompt) for prompt in prompts], np.int64)
        positions = max(1, _POSITIONS // len(self.codec))
        self.compute_groups(continue_group, self.group(lengths, ROWS, options.hypotheses, positions))
        return [Continuation(*each) for each in zip(texts, results, strict=True)]

    def stream(self, content: Text, options: GenerationOptions | None = None) -> Iterator[str]:
        """Continue a text, and yield the continuation in pieces while it is generated.

        Joined, the pieces are the text that `predict` returns.

        Args:
            content: The prompt.
            options: The options of the generation. With `n_best`, the first sample is drawn. The result of a
                search (`temperature` 0) comes in one piece.

        Raises:
            TypeError: `content` is not a text.

        Example:
            >>> for piece in model.stream("ROMEO:", GenerationOptions(length=1000)):
            ...     print(piece, end="", flush=True)
        """
        (text,) = [each if isinstance(each, str) else " ".join(each) for each in list_texts([content])]
        self.require_forward()
        options = replace(self._normalise(options), n_best=1)
        if options.temperature:
            return self._stream(text, options)
        return filter(None, [self.predict([text], options)[0].text])

    def _stream(self, text: str, options: GenerationOptions) -> Iterator[str]:
        prompt = [END, *self.codec.encode(text)]
        self._warn_of_unknown([prompt])
        stopping = self._stopping(options)
        state = self._stop_state(text, stopping)
        run = partial(self.file.run, session=self._workers.session(alone=True))
        windows = sample_windows(run, pad_prompts([prompt]), options, stopping, [state], self._layers, _STREAMED)
        before = text  # what is decoded so far
        held = ""  # the end of the text that may begin a stop string
        for window in windows:
            ids = window.ids[0].tolist()
            state = stopping.follow(ids, state)
            added = self.codec.decode(ids, before)
            held, before = held + added, added or before
            if state == stopping.complete:
                held, _ = cut_at_stop(held, options.stop)
                break
            size = len(held) - stopping.depths[state]
            if size:
                yield held[:size]
            held = held[size:]
        if held:
            yield held

    def _draw(
        self, run: Run, prompts: Arrays, options: GenerationOptions, stopping: Stopping, states: list[int]
    ) -> list[list[tuple[list[int], float]]]:
        """Return the ids and the score of each sample of each prompt."""
        found: list[list[tuple[list[int], float]]] = [
            [([], 0.0) for _ in range(options.n_best)] for _ in prompts["lengths"]
        ]
        for window in sample_windows(run, prompts, options, stopping, states, self._layers):
            rows = (window.prompts, window.samples, window.ids, window.scores)
            for prompt, sample, ids, score in zip(*(each.tolist() for each in rows), strict=True):
                before, total = found[prompt][sample]
                found[prompt][sample] = [*before, *ids], total + score
        return found

    def _search(
        self, run: Run, prompts: Arrays, options: GenerationOptions, stopping: Stopping, states: list[int]
    ) -> list[list[tuple[list[int], float]]]:
        """Return the ids and the score of each hypothesis of each prompt."""
        inputs = {**prompts, **options.inputs(), **stopping.inputs(states)}
        ids, scores = run(["hypotheses", "scores"], inputs)
        return [
            list(zip(found, values, strict=True))
            for found, values in zip(ids.tolist(), scores.tolist(), strict=True)
        ]

    @cached_property
    def _token_texts(self) -> TokenTexts:
        return TokenTexts.learn(self.codec.decode, len(self.codec), END)

    def _stopping(self, options: GenerationOptions) -> Stopping:
        """Return the automaton of stop strings."""
        if not options.stop:
            return Stopping.at_end(len(self.codec), END)
        return Stopping.from_texts(options.stop, self._token_texts, END)

    def _normalise(self, options: GenerationOptions | None) -> GenerationOptions:
        """Return options with stop strings in lower case if all texts are."""
        options = options or GenerationOptions()
        lower = self.codec.lower and options.stop
        return replace(options, stop=tuple(stop.lower() for stop in options.stop)) if lower else options

    def _stop_state(self, prompt: str, stopping: Stopping) -> int:
        """Return the state of the automaton before the first token after a prompt."""
        return stopping.first(self.codec.continues(prompt))

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
        found = self.log_probs([[END, *self.codec.encode(text), END] for text in texts])
        forward = "forward" in self.codec.directions
        return [
            ScoredText(text, (*tokens, "") if forward else ("", *tokens), tuple(values.tolist()))
            for text, values in zip(texts, found, strict=True)
            for tokens in [self.codec.split(text)]
        ]

    def log_probs(self, rows: Sequence[Sequence[int]]) -> list[Floats]:
        """Return the log probability of each id of documents, given all ids before it.

        A model that only reads backward scores all ids but the last, given all ids after them.

        Args:
            rows: The ids of each document, with the end symbol before and after them.

        Returns:
            For each document, float32 [ids - 1]: the natural logarithms for all ids but the first.
        """
        found: list[Floats] = [np.empty(0, np.float32)] * len(rows)
        order = np.argsort([len(row) for row in rows], kind="stable")
        count = max(1, _POSITIONS // (_WINDOW * len(self.codec)))

        def read(numbers: Integers) -> None:
            own = [rows[number] for number in numbers]
            for number, values in zip(numbers.tolist(), self._log_probs(own, {})[0], strict=True):
                found[number] = values

        groups = [order[first : first + count] for first in range(0, len(order), count)]
        list((self._workers.map if len(groups) > 1 else map)(read, groups))
        return found

    def read_on(self, row: Sequence[int], states: Arrays) -> tuple[Floats, Arrays]:
        """Read a part of a document, forward.

        Args:
            row: Ids. The first one is the last id of the part before, or the end symbol.
            states: The states after the part before, as this method returns them; empty for zeros.

        Returns:
            The log probabilities of all ids but the first, float32 [ids - 1], and the states after them.
        """
        (found,), after = self._log_probs([row], states)
        return found, after

    def most_probable(self, rows: Sequence[Sequence[int]]) -> list[int]:
        """Return the most probable id after each row of ids. Unknown tokens are excluded.

        Args:
            rows: Ids. The first one of a row is the end symbol at the start of a document.

        Raises:
            ConfigError: The model only reads backward.
        """
        self.require_forward()
        options = GenerationOptions(length=1, beam_size=1, temperature=0).inputs()
        found = list[int]()
        for first in range(0, len(rows), ROWS):
            (ids,) = self.file.run(["hypotheses"], {**pad_prompts(rows[first : first + ROWS]), **options})
            found += ids[:, 0, 0].tolist()
        return found

    def _log_probs(self, rows: Sequence[Sequence[int]], states: Arrays) -> tuple[list[Floats], Arrays]:
        """Return the log probabilities of all ids of each row after the first, window by window.

        A model that only reads backward reads each row from its end, and scores all ids before the last. The
        states are those after the longest row. They have no meaning for shorter ones.
        """
        direction = self.codec.directions[0]
        names, layers = _NAMES[direction], self._layers
        options = GenerationOptions(length=1, beam_size=1, temperature=0).inputs()
        options = {} if direction == "backward" else options
        found: list[list[Floats]] = [[np.empty(0, np.float32)] for _ in rows]
        for first in range(0, max(map(len, rows)) - 1, _WINDOW):
            # A row that has ended reads one id again, and the result is ignored.
            if direction == "forward":
                windows = [row[first : first + _WINDOW + 1] or row[-1:] for row in rows]
            else:
                ends = [max(1, len(row) - first) for row in rows]
                windows = [row[max(0, end - _WINDOW - 1) : end] for row, end in zip(rows, ends, strict=True)]
            outputs = [names.log_probs, *(f"{names.state}_{number}" for number in range(layers))]
            values, *after = self.file.run(outputs, {**pad_prompts(windows), **options, **states})
            states = {f"{names.start}_{number}": state for number, state in enumerate(after)}
            for own, window, row in zip(found, windows, values, strict=True):
                if direction == "forward":
                    own.append(row[1 : len(window)])
                else:
                    own.insert(0, row[: len(window) - 1])
        return [np.concatenate(each) for each in found], states

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
            log.warning("%s of %s %s are unknown to the model", f"{unknown:,}", f"{total:,}", self.codec.noun)

    def _generated(self, ids: list[int], score: float, prompt: str, options: GenerationOptions) -> Generated:
        kept = [number for number in ids if number != PADDING]
        text, stopped = cut_at_stop(self.codec.decode(kept, prompt), options.stop)
        return Generated(text, score, stopped or END in ids)

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
            ConfigError: The model has no such layer or unit, or only reads backward.

        Example:
            >>> [found] = model.activations(["(a) b"], units=[3])
            >>> found.values.shape
            (5, 1)
        """
        if "forward" not in self.codec.directions:
            raise ConfigError(f"{self.file.path} reads texts backward, so its units cannot be shown")
        if not 0 <= layer <= self._layers:
            raise ConfigError(f"the model has no layer {layer}; its last one is {self._layers}")
        layer = layer or self._layers
        texts = [each if isinstance(each, str) else " ".join(each) for each in list_texts(contents)]
        found = list[Activations]()
        for first in range(0, len(texts), ROWS):
            group = texts[first : first + ROWS]
            rows = [[END, *self.codec.encode(text), END] for text in group]
            values = unit_activations(self.file, self._layers, rows, layer)
            for text, own in zip(group, values, strict=True):
                chosen = slow_units(own) if units is None else tuple(units)
                check_units(chosen, own.shape[1])
                tokens, separator = tuple(self.codec.split(text)), " " if self.codec.unit == "words" else ""
                found.append(Activations(text, tokens, layer, chosen, own[:, list(chosen)], separator))
        return found


def pad_prompts(rows: Sequence[Sequence[int]]) -> Arrays:
    """Return `prompt` and `lengths` of rows of ids."""
    lengths = np.array([len(row) for row in rows], np.int32)
    prompt = np.full((len(rows), int(lengths.max())), PADDING, np.int32)
    prompt[np.arange(prompt.shape[1]) < lengths[:, None]] = [number for row in rows for number in row]
    return {"prompt": prompt, "lengths": lengths}
