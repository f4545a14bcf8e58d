"""An untrained language model, which is as fast as a trained one."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.untrained import Untrained
from benchmarks.weights import save_weights
from seqnlp.data.language_codec import END, LanguageCodec

if TYPE_CHECKING:
    from seqnlp.tasks.language_modelling.settings import LanguageModelSettings


@dataclass(frozen=True)
class UntrainedLanguageModel(Untrained):
    """A language model of characters that never ends a text.

    Attributes:
        units: Hidden units of its only layer.
    """

    units: int = 512

    @property
    def settings(self) -> "LanguageModelSettings":
        """The settings."""
        from seqnlp.tasks.language_modelling.settings import LanguageModelSettings

        data, network = f'data.corpus="{self.corpus}"', f"network.units={self.units}"
        return LanguageModelSettings.load(overrides=[data, network])

    @property
    def codec(self) -> LanguageCodec:
        """The codec."""
        return LanguageCodec.from_spec(
            json.loads((self.directory / "codec.json").read_text(encoding="utf-8"))
        )

    def make(self, prompts: int, length: int) -> tuple[int, list[str]]:
        """Read the corpus, build the network and export it.

        Args:
            prompts: Number of prompts.
            length: Number of characters of each prompt.

        Returns:
            The number of parameters of the network, and prompts from the training text.
        """
        from seqnlp.tasks.corpus import prepare
        from seqnlp.tasks.export import write_network
        from seqnlp.tasks.language_modelling.task import LanguageModelTask

        task, settings = LanguageModelTask(), self.settings
        prepared = prepare(task, settings)
        (self.directory / "codec.json").write_text(json.dumps(prepared.codec.to_spec()), encoding="utf-8")
        network = task.build_network(prepared, settings)
        # With weights of this size, the most probable characters differ from text to text.
        random = np.random.default_rng(settings.training.seed)
        network.output_table.assign(random.normal(size=network.output_table.shape, scale=0.5))
        network.output_bias.assign(-20 * np.eye(len(prepared.codec))[END])
        save_weights(network, self.directory)
        write_network(task, [network], prepared, self.model, {})
        text = next(iter(prepared.held_out["dev"].examples)).text
        return int(network.count_params()), [text[n * length : (n + 1) * length] for n in range(prompts)]
