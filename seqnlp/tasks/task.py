"""The base class of all tasks: the methods that a task implements, and their defaults."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeAlias, TypeVar

import numpy as np

from seqnlp.data.batching import Batch
from seqnlp.data.codec import Codec
from seqnlp.types import Array, Arrays, Flags, Integers, JsonObject, Network

if TYPE_CHECKING:
    from pathlib import Path

    from onnxruntime import InferenceSession

    from seqnlp.corpora import OnError, Problems, Reader, Summary
    from seqnlp.data.encoded import Encoded
    from seqnlp.export.graph import Graph
    from seqnlp.export.parity import Difference
    from seqnlp.metrics.metric import Metric
    from seqnlp.metrics.scores import Scores
    from seqnlp.serving.model import AnyModel
    from seqnlp.serving.predict_options import PredictOptions
    from seqnlp.settings import Settings
    from seqnlp.tasks.prepared import Prepared, Split
    from seqnlp.training.batches import Batches
    from seqnlp.training.run_directory import RunDirectory


Record = TypeVar("Record")
Example = TypeVar("Example")
SettingsT = TypeVar("SettingsT", bound="Settings")
CodecT = TypeVar("CodecT", bound=Codec)
ModelT = TypeVar("ModelT", bound="AnyModel")

Outputs: TypeAlias = Iterable[tuple[Batch, Arrays]]
"""Batches with the outputs of a network, which can have padding rows at the end."""


class Task(ABC, Generic[Record, Example, SettingsT, CodecT, ModelT]):
    """One kind of model: from records to arrays, to a network, to a graph, and to predictions.

    A subclass defines one task. Everything that is the same for all tasks is in this package: reading and
    preparing corpora (`corpus`, `prepared`), training (`training`), export and evaluation.

    Prediction also imports the module of a task, so this module imports training code only inside methods.

    Type parameters:
        Record: One item of a corpus file, as the reader returns it.
        Example: One item that the codec encodes and that scores compare; for most tasks the record.
        SettingsT: The settings, a subclass of `Settings`.
        CodecT: The codec.
        ModelT: The serving model.
    """

    name: ClassVar[str]
    """Name on the command line and in model files, such as `tagger`."""
    description: ClassVar[str]
    """One sentence for help texts."""
    noun: ClassVar[str] = "record"
    """Noun for a record of a corpus, such as `sentence`."""
    sample: ClassVar[str | None] = None
    """Name of an embedded sample corpus."""
    can_ensemble: ClassVar[bool] = False
    """Whether several networks can be exported as one ensemble."""
    targets: ClassVar[tuple[str, ...]]
    """Names of the arrays of a batch that are targets."""
    exact: ClassVar[tuple[str, ...]] = ()
    """Outputs of the graph that must equal those of the network, such as ids of tags."""
    close: ClassVar[tuple[str, ...]]
    """Outputs of the graph that must be within `tolerance` of those of the network."""
    tolerance: ClassVar[float] = 1e-4
    """The largest accepted difference between an output of the graph and of the network."""
    compared: ClassVar[str] = "an output"
    """Noun for the outputs in `close`, for messages: `a logit`, `a probability`."""

    # The classes of a task, imported when they are needed.

    def settings(self) -> type[SettingsT]:
        """Return the class of the settings."""
        from seqnlp.settings import Settings

        kind: type[Any] = Settings
        return kind

    @abstractmethod
    def reader(self) -> "Reader[Record, Any]":
        """Return the reader of corpus files."""

    @abstractmethod
    def codec(self) -> type[CodecT]:
        """Return the class of the codec."""

    def encoded(self) -> "type[Encoded]":
        """Return the class of encoded examples."""
        from seqnlp.data.encoded import Sequences

        return Sequences

    @abstractmethod
    def network(self) -> type[Network]:
        """Return the Keras class of the network."""

    @abstractmethod
    def model(self) -> type[ModelT]:
        """Return the serving class."""

    def predict_options(self) -> "type[PredictOptions[ModelT]]":
        """Return the options of a prediction. They are also options of `seqnlp predict`."""
        from seqnlp.serving.predict_options import PredictOptions

        return PredictOptions

    def check(self, settings: SettingsT) -> None:
        """Check that settings do not contradict each other, before anything is read or written.

        Raises:
            ConfigError: They contradict each other.
        """

    # Records and examples.

    def record(self, value: Any, options: Any) -> Record:
        """Convert a value in memory to a record; by default it must be a record.

        Args:
            value: A record, or another value that users may pass to `seqnlp.train`, such as a pair, or a
                mapping with named columns.
            options: The format options, which name the columns.

        Raises:
            TypeError: The value cannot be converted.
        """
        record: Record = value
        return record

    def read(self, path: "Path", options: Any, on_error: "OnError") -> Sequence[Record]:
        """Read the records of a file for training or evaluation; by default into a list.

        Args:
            path: The file.
            options: The format options.
            on_error: Receives each record that cannot be read.

        Raises:
            DataError: The file cannot be read, or `on_error` raises.
        """
        return list(self.reader().read(path, options, on_error))

    def summary(
        self, options: Any, problems: "Problems", settings: SettingsT | None = None
    ) -> "Summary[Record]":
        """Return a new summary of records, for `seqnlp corpora check`.

        Args:
            options: The format options.
            problems: Receives the records that are invalid for the task.
            settings: The settings of the training, if records depend on them; None for the defaults.
        """
        return self.reader().summary(options, problems)

    def split_options(self, options: Any, split: str) -> Any:
        """Return the format options for the file of a split."""
        return options

    def hold_out(self, records: Sequence[Record]) -> tuple[Sequence[Record], Sequence[Record]]:
        """Split training records into training and dev records; by default a tenth of them is held out.

        Raises:
            DataError: There are too few records.
        """
        from seqnlp.corpora import hold_out

        return hold_out(records)

    def describe_dev(self, records: Sequence[Record], dev: Sequence[Record]) -> str:
        """Describe held-out dev records, such as `180 of 1,800 training pairs`, for messages and model cards.

        Args:
            records: All training records.
            dev: Those that `hold_out` returned as dev records.
        """
        return f"{len(dev):,} of {len(records):,} training {self.noun}s"

    def resolve(self, records: Sequence[Record], options: Any) -> Any:
        """Return the format options, with every automatic choice made from the records."""
        return options

    def examples(
        self, records: Sequence[Record], settings: SettingsT, on_error: "OnError", repair: bool
    ) -> Sequence[Example]:
        """Convert the records of a split to examples.

        Args:
            records: The records.
            settings: The settings; their format options are resolved.
            on_error: Receives each record that cannot be used.
            repair: Whether to accept the small faults of published corpora.
        """
        examples: Any = records  # a task whose examples are not records overrides this
        return list(examples)

    def gold(
        self, records: Sequence[Record], model: ModelT, options: Any, on_error: "OnError", repair: bool
    ) -> Sequence[Example]:
        """Convert records to examples for the evaluation of a model.

        Args:
            records: The records.
            model: The model.
            options: The resolved format options.
            on_error: As for `examples`.
            repair: As for `examples`.

        Raises:
            DataError: The records do not fit the model.
        """
        examples: Any = records
        return list(examples)

    def is_gold(self, records: Sequence[Record], model: ModelT, options: Any) -> bool:
        """Return whether the first records of a file are gold data, and not by chance.

        `seqnlp predict` asks this for files that may also be plain text, such as those ending in `.txt`.

        Args:
            records: The records, which have been read as gold data.
            model: The model.
            options: The format options.

        Raises:
            DataError: They are not gold data.
        """
        return True

    def training_examples(self, examples: Sequence[Example], settings: SettingsT) -> Sequence[Example]:
        """Return the examples for training. Unsuitable examples are left out with a warning.

        Raises:
            DataError: No example is left.
        """
        return examples

    def example_to_json(self, example: Example) -> Any:
        """Return an example as a JSON value, for prepared corpora."""
        return example

    def example_from_json(self, value: Any) -> Example:
        """Restore an example from the result of `example_to_json`."""
        example: Example = value
        return example

    def examples_from_json(self, values: Iterable[Any]) -> Sequence[Example]:
        """Restore the examples of a split; by default into a list."""
        return [self.example_from_json(value) for value in values]

    # Encoding.

    @abstractmethod
    def learn_codec(self, train: Sequence[Example], settings: SettingsT) -> CodecT:
        """Learn vocabularies and labels from the training examples.

        Raises:
            DataError: The examples are not sufficient.
        """

    @abstractmethod
    def encode(self, codec: CodecT, examples: Sequence[Example]) -> "Encoded":
        """Encode examples with their targets."""

    def encode_training(
        self, codec: CodecT, examples: Sequence[Example], settings: SettingsT
    ) -> "tuple[Encoded, dict[str, Any]]":
        """Encode training examples.

        Returns:
            The encoded examples, and facts about the training data as JSON values. The model file stores the
            facts.

        Raises:
            DataError: No example is left.
        """
        return self.encode(codec, examples), {}

    # Start from another run.

    def training_codec(self, codec: CodecT) -> CodecT:
        """Return the codec of training for the codec of a model file. By default both are the same."""
        return codec

    def architecture(self, config: JsonObject) -> dict[str, Any]:
        """Return the settings that a network was built with, if the settings of its run left them open.

        Args:
            config: The result of `get_config` of the network.

        Returns:
            Values by the full names of the settings, such as `network.units`.
        """
        return {}

    def extend_codec(self, codec: CodecT, train: Sequence[Example], settings: SettingsT) -> CodecT:
        """Return the codec for training that starts from another run.

        By default it is the codec of that run. A task with labels adds new ones at the end, and
        `extend_network` must then return a network for them.

        Args:
            codec: The codec of the other run.
            train: The training examples.
            settings: The settings.

        Raises:
            DataError: The examples do not fit the codec.
        """
        return codec

    def extend_network(
        self, network: Network, prepared: "Prepared[Example, CodecT]", settings: SettingsT
    ) -> Network:
        """Return the network for training that starts from another run.

        By default it is the network of that run.

        Args:
            network: The network of the other run.
            prepared: The corpus, with the result of `extend_codec`.
            settings: The settings. They may change those in `Settings.adjustable`.
        """
        return network

    def join_facts(self, old: JsonObject, new: JsonObject) -> JsonObject:
        """Return facts about the training data of a run and of the run that it started from.

        Args:
            old: The facts in the model file of the other run.
            new: The facts about the new training data.
        """
        return new

    def unknown_labels(self, codec: CodecT, examples: Iterable[Example]) -> list[str]:
        """Return the labels of examples that are missing from the training data."""
        return []

    def batches(self, encoded: "Encoded", settings: SettingsT) -> "Batches":
        """Return the training batches."""
        from seqnlp.training.batches import TrainingBatches

        return TrainingBatches.from_settings(encoded, settings.training, self.targets)

    def measures(self, codec: CodecT, encoded: "Encoded") -> "Mapping[str, tuple[Integers, Array | None]]":
        """Return the lengths and the ids of encoded examples, for a report.

        Returns:
            For each side of the examples (the key is an empty string if there is only one): the length of
            each example, and the ids, of which the report shows the share of unknown ones, or None.
        """
        return {"": (encoded.lengths, None)}

    def label_counts(self, codec: CodecT, encoded: "Encoded") -> Counter[str]:
        """Return how often each label of the training data occurs in encoded examples."""
        return Counter()

    # Training.

    @abstractmethod
    def metric(self, codec: CodecT, settings: SettingsT) -> "Metric":
        """Return the main score, which also selects the best epoch."""

    @abstractmethod
    def build_network(self, prepared: "Prepared[Example, CodecT]", settings: SettingsT) -> Network:
        """Return a new network. If it is not built, training builds it with a batch."""

    def precompute(
        self,
        network: Network,
        prepared: "Prepared[Example, CodecT]",
        settings: SettingsT,
        run: "RunDirectory",
    ) -> "Prepared[Example, CodecT]":
        """Return the corpus with everything that the frozen part of a network computes from it.

        By default nothing is computed.

        Args:
            network: The network.
            prepared: The corpus.
            settings: The settings.
            run: The run directory, whose folder of checkpoints may contain temporary files.
        """
        return prepared

    def describe(self, network: Network, settings: SettingsT) -> str:
        """Describe a network in a few words, for the model card."""
        return str(network.name)

    def compute(self, network: Network, inputs: Arrays) -> Arrays:
        """Compute the outputs of the graph with the network, for dev scores and for the parity check.

        Args:
            network: The network.
            inputs: A batch without its targets.

        Returns:
            The outputs in `exact` and `close` by name.
        """
        (name,) = self.close
        return {name: np.asarray(network.predict_on_batch(inputs))}

    def dev_scores(
        self, network: Network, codec: CodecT, split: "Split[Example]", batches: "Batches"
    ) -> dict[str, float]:
        """Score a network on a held-out split.

        Args:
            network: The network.
            codec: Its codec.
            split: The split.
            batches: The training batches. The split is padded to the same lengths, which are compiled.
        """
        encoded = split.encoded
        plan = batches.held_out(encoded)
        return self.score(
            codec, split, ((each, self._compute(network, encoded.batch(each))) for each in plan)
        )

    def _compute(self, network: Network, arrays: Arrays) -> Arrays:
        return self.compute(
            network, {name: array for name, array in arrays.items() if name not in self.targets}
        )

    def score(self, codec: CodecT, split: "Split[Example]", outputs: Outputs) -> dict[str, float]:
        """Score the outputs of `compute`. A task needs this method unless it overrides `dev_scores`.

        Args:
            codec: The codec.
            split: The encoded examples and the examples.
            outputs: Each batch of the split and its outputs.
        """
        raise NotImplementedError(f"the task {self.name} defines neither score nor dev_scores")

    def finish(
        self, network: Network, prepared: "Prepared[Example, CodecT]", batches: "Batches"
    ) -> dict[str, Any]:
        """Finish a trained network, for example by calibration, and return figures for `metrics.json`."""
        return {}

    def pictures(
        self, model: ModelT, prepared: "Prepared[Example, CodecT]", scores: "Scores", run: "RunDirectory"
    ) -> "dict[str, Path]":
        """Draw pictures for the model card and return their paths by title.

        Args:
            model: The model.
            prepared: The corpus.
            scores: The scores on dev.
            run: The run directory.
        """
        if scores.confusion is None:
            return {}
        from seqnlp.training.plots import plot_confusion

        plot_confusion(scores.confusion, run.confusion)
        return {"Confusion": run.confusion}

    # Export.

    @abstractmethod
    def graph(self, networks: Sequence[Network], codec: CodecT) -> "Graph[CodecT]":
        """Convert a network, or an ensemble, to an ONNX graph with the codec that serves it."""

    def mask(self, inputs: Arrays) -> Flags | None:
        """Return a mask of the positions to compare, over the first axes of outputs; None compares all."""
        return None

    def settle(self, network: Network, inputs: Arrays, found: Arrays, expected: Arrays) -> Arrays:
        """Replace decisions of a model file that are as good as those of the network, before the comparison.

        Args:
            network: The network.
            inputs: A batch.
            found: The outputs of the file.
            expected: The outputs of the network.

        Returns:
            The outputs of the file. By default they do not change.
        """
        return found

    def differences(
        self,
        session: "InferenceSession",
        networks: Sequence[Network],
        graph: "Graph[CodecT]",
        codec: CodecT,
        examples: Sequence[Example],
    ) -> "Iterator[Difference]":
        """Compare a model file with its network on examples, batch by batch.

        Args:
            session: Runs the file.
            networks: The network, or those of an ensemble.
            graph: The graph of the file, with the codec that serves it.
            codec: The codec of training.
            examples: Examples of dev.
        """
        from seqnlp.data.batching import Buckets
        from seqnlp.export.parity import difference

        (network,) = networks
        ours, theirs = self.encode(codec, examples), self.encode(graph.codec, examples)
        names = [each.name for each in session.get_inputs()]
        outputs = [*self.exact, *self.close]
        for batch in Buckets.learn(ours.lengths, 2048).batches(ours.lengths):
            inputs, given = ours.batch(batch), theirs.batch(batch)
            found = session.run(outputs, {name: given[name] for name in names if name in given})
            expected = self._compute(network, inputs)
            settled = self.settle(network, inputs, dict(zip(outputs, found, strict=True)), expected)
            yield difference(settled, expected, self.mask(inputs), self.exact, self.close)

    # Serving.

    @abstractmethod
    def evaluate(
        self, model: ModelT, examples: Sequence[Example], options: "PredictOptions[ModelT]"
    ) -> "Scores":
        """Predict the inputs of gold examples and score the predictions.

        Args:
            model: The model.
            examples: The gold examples.
            options: The options of the predictions.
        """


AnyTask: TypeAlias = Task[Any, Any, Any, Any, Any]
"""Any task."""
