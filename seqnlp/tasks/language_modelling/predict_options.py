"""The options of a language model's predictions, and how they are written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Literal

from seqnlp.errors import ConfigError
from seqnlp.serving.items import Item
from seqnlp.serving.predict_options import (
    PredictOptions,
    Writer,
    evaluation_option,
    output_option,
    write_json,
)
from seqnlp.tasks.language_modelling.activations import Activations, read_units
from seqnlp.tasks.language_modelling.generation import GenerationOptions
from seqnlp.tasks.language_modelling.model import LanguageModel
from seqnlp.tasks.language_modelling.prediction import Continuation, ScoredText

_ADAPTATIONS = ("none", "dynamic", "cache")


@dataclass(frozen=True, kw_only=True)
class LanguageModelPredictOptions(PredictOptions[LanguageModel]):
    """The options of the generation (see `GenerationOptions`), and those of scores of texts."""

    length: int = output_option(GenerationOptions.length, "Maximum number of tokens to add")
    temperature: float = output_option(
        GenerationOptions.temperature,
        "Temperature of samples: lower is more probable and less varied; 0 searches with a beam",
    )
    top_k: int = output_option(
        GenerationOptions.top_k, "Draw from this number of the most probable tokens; 0 for all"
    )
    top_p: float = output_option(
        GenerationOptions.top_p, "Draw from the most probable tokens that have this share of the probability"
    )
    seed: int = output_option(GenerationOptions.seed, "Random seed of samples")
    n_best: int = output_option(
        GenerationOptions.n_best, "Number of continuations of each prompt, at most the beam size in a search"
    )
    beam_size: int = output_option(
        GenerationOptions.beam_size, "Beam size of a search, which needs temperature 0"
    )
    stop: tuple[str, ...] = output_option(
        GenerationOptions.stop, "End continuations before this text; repeat the option for several"
    )
    score: bool = output_option(False, "Print the log probability of each token of the texts instead")
    show_units: str = output_option(
        "", "Show the activations of hidden units instead: their numbers, or auto for units that vary slowly"
    )
    layer: int = output_option(0, "Layer of these units, from 1; 0 is the last one")
    midi: str = output_option("", "Folder for MIDI files of generated tunes in ABC notation")
    adapt: Literal["none", "dynamic", "cache"] = evaluation_option(
        "none",
        "Also score the network while it adapts to the text: dynamic evaluation or a neural cache. The model "
        "must be a run directory",
    )

    def generation(self) -> GenerationOptions:
        """Return the options of the generation.

        Raises:
            ConfigError: A value is out of range.
        """
        values = {each.name: getattr(self, each.name) for each in fields(GenerationOptions)}
        return GenerationOptions(**{**values, "stop": tuple(self.stop)})

    def check(self, model: LanguageModel) -> None:
        """Check the options of the generation and of an evaluation.

        Raises:
            ConfigError: A value is out of range, options contradict each other, or music21 is missing.
        """
        self.generation()
        chosen = [name for name in ("score", "show_units", "midi") if getattr(self, name)]
        if len(chosen) > 1:
            first, second, *_ = (f"--{name.replace('_', '-')}" for name in chosen)
            raise ConfigError(f"{first} and {second} exclude each other")
        if self.show_units:
            read_units(self.show_units)
        if self.midi:
            from seqnlp.tasks.language_modelling.midi import require_music21

            require_music21()
        if self.adapt not in _ADAPTATIONS:
            raise ConfigError(f"adapt must be one of {', '.join(_ADAPTATIONS)}, not {self.adapt!r}")

    def predict(
        self, model: LanguageModel, contents: Sequence[str | Sequence[str]]
    ) -> Sequence[Continuation | ScoredText | Activations]:
        """Return the continuations, the scores or the activations of texts."""
        if self.show_units:
            return model.activations(contents, read_units(self.show_units), self.layer)
        return model.score(contents) if self.score else model.predict(contents, self.generation())

    @property
    def streams(self) -> bool:
        """True if the prediction is a single sample, and nothing else is written."""
        other = self.score or self.show_units or self.midi
        return not other and self.temperature > 0 and self.n_best == 1

    def stream(self, model: LanguageModel, content: str | Sequence[str]) -> Iterator[str]:
        """Yield the prompt, and then its continuation while it is generated."""
        yield content if isinstance(content, str) else " ".join(content)
        yield from model.stream(content, self.generation())

    def writers(self) -> Mapping[str, Writer]:
        """Return the writers of JSON lines and of text, and of HTML for activations."""
        if self.show_units:
            return {"jsonl": write_json, "text": _write_blocks, "html": _write_article}
        writers: dict[str, Writer] = {
            "jsonl": write_json,
            "text": _write_scores if self.score else _write_texts,
        }
        return {name: self._with_midi(write) for name, write in writers.items()} if self.midi else writers

    def _with_midi(self, write: Writer) -> Writer:
        """Return a writer that also writes each tune as `LINE.mid` or, of several, as `LINE-NUMBER.mid`."""

        def write_both(item: Item, found: Continuation) -> str:
            from seqnlp.tasks.language_modelling.midi import make_folder, write_midi

            folder = make_folder(self.midi)
            for number, each in enumerate(found.continuations, 1):
                name = f"{item.line}-{number}" if len(found.continuations) > 1 else f"{item.line}"
                write_midi(found.prompt + each.text, folder / f"{name}.mid")
            return write(item, found)

        return write_both

    def page_start(self, model: str) -> str:
        """Return the start of a page of activations."""
        from seqnlp.tasks.language_modelling.activations_html import write_page_start

        return write_page_start(model)

    def check_drawing(self) -> None:
        """Check that activations are shown.

        Raises:
            ConfigError: `show_units` is empty.
        """
        if not self.show_units:
            raise ConfigError("a picture of a language model shows its units; add --show-units auto")


def _write_texts(item: Item, found: Continuation) -> str:
    """Write the prompt with its continuation; several are separated by lines of dashes."""
    return "\n---\n".join(found.prompt + each.text for each in found.continuations)


def _write_scores(item: Item, found: ScoredText) -> str:
    """Write the log probability and the perplexity of the text."""
    return f"{found.total:12.4f}  {found.perplexity:12.4f}"


def _write_blocks(item: Item, found: Activations) -> str:
    """Write the text with a row of blocks below each line, for each unit."""
    return found.to_blocks()


def _write_article(item: Item, found: Activations) -> str:
    from seqnlp.tasks.language_modelling.activations_html import write_article

    return write_article(found)
