"""The base class of programs that continue texts."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple


class Draw(NamedTuple):
    """Options for drawing the next character.

    Attributes:
        temperature: Divisor of the logits.
        top_k: Number of the most probable characters to draw from; 0 for all.
        seed: Random seed.
    """

    temperature: float = 0.8
    top_k: int = 0
    seed: int = 0


class GenerationContender(ABC):
    """Continue texts.

    Args:
        prompts: The prompts, all of the same length.
        length: Number of characters to add.
    """

    def __init__(self, prompts: Sequence[str], length: int) -> None:
        self.prompts, self.length = prompts, length
        self.seed = 0

    @abstractmethod
    def texts(self, prompts: Sequence[str], draw: Draw) -> list[str]:
        """Return the continuation of each prompt."""

    def run(self, size: int, top_k: int) -> int:
        """Continue the first prompts as one batch, and return the number of new characters."""
        self.seed += 1
        return sum(map(len, self.texts(self.prompts[:size], Draw(top_k=top_k, seed=self.seed))))

    def most_probable(self) -> list[str]:
        """Return the continuations of all prompts with the most probable characters."""
        return self.texts(self.prompts, Draw(top_k=1))
