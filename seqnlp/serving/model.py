"""What the models of all tasks have in common once their file is open."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

from seqnlp.serving.model_file import ModelFile, codec_of, open_model
from seqnlp.serving.runner import cores


@dataclass(frozen=True)
class Opened:
    """A model file in use.

    Several threads may use one model.

    Attributes:
        file: The model.
        codec: The codec that it was trained with.
        threads: How many batches are computed side by side, each by one thread. A batch that is alone, such
            as a sentence, gets two threads: sooner done, for half as much computing again.
        batch_size: The most rows of a batch; None to go by their length alone.
    """

    task: ClassVar[str]
    codec_class: ClassVar[Any]

    file: ModelFile
    codec: Any
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
        codec = codec_of(file, cls.task, cls.codec_class)
        return cls(file, codec, threads or cores(), batch_size)
