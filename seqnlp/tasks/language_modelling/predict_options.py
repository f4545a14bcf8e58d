"""The options of a language model's predictions, and how they are written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from seqnlp.errors import ConfigError
from seqnlp.serving.items import Item
from seqnlp.serving.predict_options import PredictOptions, Writer, output_option, write_json
from seqnlp.tasks.language_modelling.generation import GenerationOptions
from seqnlp.tasks.language_modelling.midi import make_folder, require_music21, write_midi
from seqnlp.tasks.language_modelling.model import LanguageModel
from seqnlp.tasks.language_modelling.prediction import Continuation, ScoredText


@dataclass(frozen=True, kw_only=True)
class LanguageModelPredictOptions(PredictOptions[LanguageModel]):
    """The options of the generation (see `GenerationOptions`), and whether to score texts instead."""

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
    samples: int = output_option(GenerationOptions.samples, "Number of continuations of each prompt")
    beam_size: int = output_option(
        GenerationOptions.beam_size, "Beam size of a search, which needs temperature 0"
    )
    score: bool = output_option(False, "Print the log probability of each token of the texts instead")
    midi: str = output_option("", "Folder for MIDI files of generated tunes in ABC notation")

    def generation(self) -> GenerationOptions:
        """Return the options of the generation.

        Raises:
            ConfigError: A value is out of range.
        """
        return GenerationOptions(
            **{each.name: getattr(self, each.name) for each in fields(GenerationOptions)}
        )

    def check(self, model: LanguageModel) -> None:
        """Check the options of the generation.

        Raises:
            ConfigError: A value is out of range, or MIDI files cannot be written.
        """
        self.generation()
        if self.midi:
            if self.score:
                raise ConfigError("--midi goes with generated tunes, not with --score")
            require_music21()

    def predict(
        self, model: LanguageModel, contents: Sequence[str | Sequence[str]]
    ) -> Sequence[Continuation | ScoredText]:
        """Return the continuations or the scores of texts."""
        return model.score(contents) if self.score else model.predict(contents, self.generation())

    def writers(self) -> Mapping[str, Writer]:
        """Return the writers of JSON lines and of text."""
        writers: dict[str, Writer] = {
            "jsonl": write_json,
            "text": _write_scores if self.score else _write_texts,
        }
        return {name: self._with_midi(write) for name, write in writers.items()} if self.midi else writers

    def _with_midi(self, write: Writer) -> Writer:
        """Return a writer that also writes each tune as `LINE.mid` or, of several, as `LINE-NUMBER.mid`."""

        def write_both(item: Item, found: Continuation) -> str:
            folder = make_folder(self.midi)
            for number, each in enumerate(found.continuations, 1):
                name = f"{item.line}-{number}" if len(found.continuations) > 1 else f"{item.line}"
                write_midi(found.prompt + each.text, folder / f"{name}.mid")
            return write(item, found)

        return write_both


def _write_texts(item: Item, found: Continuation) -> str:
    """Write the prompt with its continuation; several are separated by lines of dashes."""
    return "\n---\n".join(found.prompt + each.text for each in found.continuations)


def _write_scores(item: Item, found: ScoredText) -> str:
    """Write the log probability and the perplexity of the text."""
    return f"{found.total:12.4f}  {found.perplexity:12.4f}"
