"""A task for seqnlp in a separate distribution: predict the next number of a series."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from seqnlp.corpora import Format, FormatOptions, OnError, Reader, read_lines
from seqnlp.data.batching import Batch
from seqnlp.data.codec import Codec
from seqnlp.data.encoded import Sequences
from seqnlp.errors import DataError
from seqnlp.export.conversion import convert
from seqnlp.export.graph import Graph
from seqnlp.layers.recurrent import Recurrent
from seqnlp.metrics.metric import Metric
from seqnlp.metrics.scores import Scores
from seqnlp.serving.model import Model
from seqnlp.serving.prediction import Prediction
from seqnlp.settings import Settings
from seqnlp.tasks.prepared import Prepared, Split
from seqnlp.tasks.task import Outputs, Task
from seqnlp.types import JsonObject, Tensor

Series = Sequence[float]


def read(path: Path | str, options: FormatOptions, on_error: OnError) -> Iterator[Series]:
    """Read one series of numbers per line, separated by spaces."""
    for number, line in read_lines(path):
        try:
            yield [float(each) for each in line.split()]
        except ValueError as error:
            on_error(DataError(str(error), path, number))


@dataclass(frozen=True)
class Scale(Codec):
    """Scale numbers. The last number of a series is the target."""

    mean: float
    deviation: float

    def encode(self, examples: Sequence[Series]) -> Sequences:
        numbers = [(np.array(series, "f4") - self.mean) / self.deviation for series in examples]
        values = np.concatenate([each[:-1] for each in numbers]).astype("f4")
        last = np.array([each[-1] for each in numbers], "f4")
        return Sequences(np.array([len(each) - 1 for each in numbers]), {"values": values}, {"next": last})


@keras.saving.register_keras_serializable("forecasting")
class Forecaster(keras.Model):
    """Predict a number from the last hidden state of a GRU."""

    def __init__(self, seed: int = 1, **options: Any) -> None:
        super().__init__(**options)
        self.recurrent = Recurrent(16, "gru", bidirectional=False, seed=seed)
        self.output_layer = keras.layers.Dense(1)

    def call(self, inputs: dict[str, Tensor], training: bool = False) -> Tensor:
        states = self.recurrent(inputs["values"][..., None], inputs["lengths"])
        last = ops.take_along_axis(states, inputs["lengths"][:, None, None] - 1, axis=1)
        return self.output_layer(last)[:, 0, 0]

    def compute_loss(self, x: Any, y: Any, y_pred: Any, *_: Any, **options: Any) -> Tensor:
        return ops.mean(ops.square(y - y_pred))


@dataclass(frozen=True)
class Forecast(Prediction):
    """The next number of a series."""

    series: Series
    next: float

    def to_dict(self) -> JsonObject:
        return {"series": self.series, "next": round(self.next, 4)}


class ForecastModel(Model[Scale, str | Series, Forecast]):
    """A loaded model file. A series is a sequence of numbers, or a text of numbers."""

    task = "forecaster"
    codec_class = Scale

    def predict(self, contents: Sequence[str | Series]) -> list[Forecast]:
        series = [[float(n) for n in (each.split() if isinstance(each, str) else each)] for each in contents]
        encoded = self.codec.encode([[*each, 0] for each in series])
        batch = encoded.batch(Batch(np.arange(len(series)), len(series), int(encoded.lengths.max())))
        (found,) = self.file.session.run(["next"], {name: batch[name] for name in ("values", "lengths")})
        numbers = (found * self.codec.deviation + self.codec.mean).tolist()
        return [Forecast(*each) for each in zip(series, numbers, strict=True)]


@dataclass(frozen=True, repr=False)
class ForecastScores(Scores):
    """The mean absolute error."""

    mae: float
    summary = ("mae",)


class ForecasterTask(Task[Series, Series, Settings, Scale, ForecastModel]):
    """Predict the next number of a series."""

    name, description = "forecaster", "Predict the next number of a series."
    targets = close = ("next",)
    codec = staticmethod(lambda: Scale)
    network = staticmethod(lambda: Forecaster)
    model = staticmethod(lambda: ForecastModel)

    def reader(self) -> Reader[Series, FormatOptions]:
        return Reader("series", FormatOptions, {"series": Format("numbers", (".series",), read)})

    def learn_codec(self, train: Sequence[Series], settings: Settings) -> Scale:
        numbers = np.concatenate([np.asarray(series) for series in train])
        return Scale(float(numbers.mean()), float(numbers.std()))

    def encode(self, codec: Scale, examples: Sequence[Series]) -> Sequences:
        return codec.encode(examples)

    def metric(self, codec: Scale, settings: Settings) -> Metric:
        return Metric("mae", "min")

    def build_network(self, prepared: Prepared[Series, Scale], settings: Settings) -> Forecaster:
        return Forecaster(settings.training.seed)

    def score(self, codec: Scale, split: Split[Series], outputs: Outputs) -> dict[str, float]:
        errors = [
            abs(found * codec.deviation + codec.mean - split.examples[row][-1])
            for batch, arrays in outputs
            for row, found in zip(batch.rows, arrays["next"], strict=False)
        ]
        return {"mae": float(np.mean(errors))}

    def graph(self, networks: Sequence[Forecaster], codec: Scale) -> Graph[Scale]:
        def compute(inputs: dict[str, Tensor]) -> dict[str, Tensor]:
            return {"next": networks[0](inputs)}

        axes = {"lengths": ("batch",)}, {"next": ("batch",)}, {"values": ("batch", "time")}
        return Graph(convert(compute, *axes), codec)

    def evaluate(self, model: ForecastModel, examples: Sequence[Series], options: Any) -> ForecastScores:
        forecasts = model.predict([series[:-1] for series in examples])
        errors = [abs(each.next - series[-1]) for each, series in zip(forecasts, examples, strict=True)]
        return ForecastScores(float(np.mean(errors)))
