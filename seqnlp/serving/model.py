"""The base class of all serving models: a model file in use."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, ClassVar, Generic, Self, TypeAlias, TypeVar

from seqnlp.serving.model_file import CodecClass, ModelFile, naming, open_model, restore_codec
from seqnlp.serving.prediction import Prediction
from seqnlp.serving.signature import Signature
from seqnlp.serving.workers import count_cores

Codec = TypeVar("Codec")
Item = TypeVar("Item")
PredictionT = TypeVar("PredictionT", bound=Prediction)


@dataclass(frozen=True, repr=False)
class Model(ABC, Generic[Codec, Item, PredictionT]):
    """A model file in use. Several threads may share one model.

    A subclass sets `task` and `codec_class`, and implements `predict`. It should implement `signature`.

    Attributes:
        task: The name of the task.
        codec_class: The class of its codec.
        file: The open model file.
        codec: The codec of the model.
        threads: The number of batches that are computed in parallel, each on one thread. A single batch, such
            as one sentence, uses two threads. It finishes sooner, but takes about 1.5 times the CPU time.
        batch_size: The maximum number of rows in a batch; None to choose batches by length alone.
    """

    task: ClassVar[str]
    codec_class: ClassVar[CodecClass[Any]]

    file: ModelFile
    codec: Codec
    threads: int = 1
    batch_size: int | None = None

    @classmethod
    def load(
        cls,
        path: str | PathLike[str],
        threads: int | None = None,
        device: str = "cpu",
        batch_size: int | None = None,
    ) -> Self:
        """Load a model file or a run directory.

        Args:
            path: A `.onnx` file, or a run directory that contains `model.onnx`.
            threads: The number of threads; by default the number of cores.
            device: `cpu` or `cuda`.
            batch_size: The maximum number of rows in a batch; by default batches are chosen by length.

        Raises:
            ModelFileError: The file is missing, damaged, of an unknown format, or for another task.
            ConfigError: The requested device is not available.

        Example:
            >>> tagger = seqnlp.Tagger.load("runs/sample")
            >>> tagger("Ada Lovelace lived in London.").entities[0].label
            'PER'
        """
        return cls.from_file(open_model(Path(path), device), threads, batch_size)

    @classmethod
    def from_file(cls, file: ModelFile, threads: int | None = None, batch_size: int | None = None) -> Self:
        """Use an open model file.

        Args:
            file: The file.
            threads: As for `load`.
            batch_size: As for `load`.

        Raises:
            ModelFileError: The file is for another task, its metadata are damaged, or its graph does not fit
                them.
        """
        codec = restore_codec(file, cls.task, cls.codec_class)
        with naming(file.path):
            signature = cls.signature(codec, [output.name for output in file.session.get_outputs()])
        checked = file if signature is None else file.expect(signature)
        return cls(checked, codec, threads or count_cores(), batch_size)

    @classmethod
    def signature(cls, codec: Codec, outputs: Collection[str]) -> Signature | None:
        """Return the inputs and outputs that the graph must have; None, the default, checks nothing.

        Args:
            codec: The codec.
            outputs: The names of the outputs of the graph.

        Raises:
            ModelFileError: No model of this task has such outputs.
        """
        return None

    @abstractmethod
    def predict(self, contents: Iterable[Item]) -> list[PredictionT]:
        """Return a prediction for each item. One call with many items is faster than one call per item."""

    def __call__(self, content: Item) -> PredictionT:
        """Return the prediction for one item."""
        return self.predict([content])[0]

    def __repr__(self) -> str:
        device = "" if self.file.device == "cpu" else f", device={self.file.device!r}"
        return f"{type(self).__name__}({str(self.file.path)!r}, threads={self.threads}{device})"

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Pickle a model as its path; another process loads the file again."""
        return type(self).load, (self.file.path, self.threads, self.file.device, self.batch_size)


AnyModel: TypeAlias = Model[Any, Any, Any]
"""A model of any task."""
