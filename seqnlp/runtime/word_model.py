"""What the models have in common that read words."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

from seqnlp.runtime.model_file import ModelFile, reading_metadata
from seqnlp.runtime.opened import Opened
from seqnlp.runtime.runner import Runner
from seqnlp.tokenizers import Tokenizer, tokenizer


@dataclass(frozen=True)
class WordModel(Opened):
    """A model file of a task that reads words, in use."""

    @classmethod
    def of(cls, file: ModelFile, threads: int | None = None, batch_size: int | None = None) -> Self:
        """Take an open model file.

        Args:
            file: The file.
            threads: As for `open`.
            batch_size: As for `open`.

        Raises:
            ModelFileError: It is for another task, or its metadata are damaged.
        """
        opened = super().of(file, threads, batch_size)
        with reading_metadata(file):
            assert opened.tokenizer  # made now, so that what is wrong with it is said at once
        return opened

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """Cuts raw text as the training text was cut."""
        return tokenizer(self.file.spec["tokenizer"])

    @cached_property
    def _runner(self) -> Runner:
        return Runner(self.file, self.codec, self.threads, self.batch_size)
