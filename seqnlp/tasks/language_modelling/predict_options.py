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
            ConfigError: A value is out of range.
        """
        self.generation()
        if self.adapt not in _ADAPTATIONS:
            raise ConfigError(f"adapt must be one of {', '.join(_ADAPTATIONS)}, not {self.adapt!r}")

    def predict(
        self, model: LanguageModel, contents: Sequence[str | Sequence[str]]
    ) -> Sequence[Continuation | ScoredText]:
        """Return the continuations or the scores of texts."""
        return model.score(contents) if self.score else model.predict(contents, self.generation())

    @property
    def streams(self) -> bool:
        """Whether the prediction is a single sample."""
        return not self.score and self.temperature > 0 and self.n_best == 1

    def stream(self, model: LanguageModel, content: str | Sequence[str]) -> Iterator[str]:
        """Yield the prompt, and then its continuation while it is generated."""
        yield content if isinstance(content, str) else " ".join(content)
        yield from model.stream(content, self.generation())

    def writers(self) -> Mapping[str, Writer]:
        """Return the writers of JSON lines and of text."""
        return {"jsonl": write_json, "text": _write_scores if self.score else _write_texts}


def _write_texts(item: Item, found: Continuation) -> str:
    """Write the prompt with its continuation; several are separated by lines of dashes."""
    return "\n---\n".join(found.prompt + each.text for each in found.continuations)


def _write_scores(item: Item, found: ScoredText) -> str:
    """Write the log probability and the perplexity of the text."""
    return f"{found.total:12.4f}  {found.perplexity:12.4f}"
