"""What the models of all tasks have in common once their file is open."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Self

from seqnlp.runtime.model_file import ModelFile, codec_and_tokenizer, open_model
from seqnlp.runtime.runner import Runner, cores
from seqnlp.tokenizers import Tokenizer


@dataclass(frozen=True)
class Opened:
    """A model file in use.

    Several threads may use one model.

    Attributes:
        file: The model.
        codec: The codec that it was trained with.
        tokenizer: Cuts raw text as its training text was cut.
        threads: How many batches are computed side by side, each by one thread. A batch that is alone, such
            as a sentence, gets two threads: sooner done, for half as much computing again.
        batch_size: The most rows of a batch; None to go by their length alone.
    """

    task: ClassVar[str]
    codec_class: ClassVar[Any]

    file: ModelFile
    codec: Any
    tokenizer: Tokenizer
    threads: int = 1
    batch_size: int | None = None

    @classmethod
    def open(
        cls, path: Path, threads: int | None = None, device: str = "cpu", batch_size: int | None = None
    ) -> Self:
        """Open a model file or a run directory.

        Args:
            path: The `.onnx` file, or a run directory that holds `model.onnx`.
            threads: How many threads compute; by default as many as there are cores.
            device: `cpu` or `cuda`.
            batch_size: The most rows of a batch; by default only their lengths count.

        Raises:
            ModelFileError: There is no such file, or it is damaged, of an unknown format or task, or not one
                of ours.
            ConfigError: The device is not to be had.
        """
        return cls.of(open_model(path, device), threads, batch_size)

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
        codec, cutter = codec_and_tokenizer(file, cls.task, cls.codec_class)
        return cls(file, codec, cutter, threads or cores(), batch_size)

    @cached_property
    def _runner(self) -> Runner:
        return Runner(self.file, self.codec, self.threads, self.batch_size)
