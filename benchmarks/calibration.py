"""Check that exported classifiers agree with their networks, and measure how well they are calibrated.

`python -m benchmarks.calibration RUN... --output FILE`. The settings of each run select its test split.
"""

import os
import sys
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import numpy as np

from benchmarks.report import NONE, describe_machine, publish, table
from seqnlp.data.batching import Buckets
from seqnlp.errors import SeqnlpError
from seqnlp.metrics.calibration import calibration_error
from seqnlp.tasks.classification.model import Classifier
from seqnlp.tasks.classification.task import ClassifierTask
from seqnlp.tasks.corpus import prepare
from seqnlp.types import Floats

PACKAGES = ("tensorflow", "keras", "onnxruntime")
TOLERANCE = 1e-5


@dataclass(frozen=True)
class Comparison:
    """A model file compared with its network on the test split.

    Attributes:
        texts: Number of texts.
        changed: Number of texts whose labels differ.
        worst: The largest difference of a probability.
        before: The calibration error of the network without its temperature.
        after: The calibration error of the file.
    """

    texts: int
    changed: int
    worst: float
    before: float
    after: float

    @classmethod
    def from_run(cls, run: Path) -> "Comparison":
        """Compare the model file of a run with its network.

        Raises:
            SeqnlpError: The run or its corpus cannot be read.
        """
        from seqnlp.training.networks import load_network

        task = ClassifierTask()
        prepared = prepare(task, task.settings().load(run / "config.toml"))
        test, decision = prepared.held_out["test"], prepared.codec.decision
        labels = prepared.codec.encode_labels([text.labels for text in test.examples])
        network = load_network(run / "model.keras", task.network())
        lengths = test.encoded.lengths
        logits = task.logits(network, test, Buckets.learn(lengths, positions=2048).batches(lengths))
        plain = decision.probabilities(logits * float(network.temperature))
        expected = decision.probabilities(logits)
        words = [task.example_words(prepared.codec, text) for text in test.examples]
        found = Classifier.load(run).classify(words)

        def error(probabilities: Floats) -> float:
            best = probabilities.argmax(axis=1)
            correct = np.take_along_axis(labels, best[:, None], axis=1)[:, 0]
            return calibration_error(probabilities.max(axis=1), correct)

        return cls(
            texts=len(found),
            changed=int((decision.decide(found) != decision.decide(expected)).any(axis=1).sum()),
            worst=float(np.abs(found - expected).max()),
            before=error(plain),
            after=error(found),
        )


def main() -> None:
    """Classify the test split of each run with model.keras and model.onnx, and compare them."""
    options = ArgumentParser(prog="python -m benchmarks.calibration", description=main.__doc__)
    options.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="run directories of classifiers")
    options.add_argument("--output", type=Path, help="file to which the report is also written")
    arguments = options.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        compared = {run.name: Comparison.from_run(run) for run in arguments.runs}
    except SeqnlpError as error:
        sys.exit(f"error: {error}")
    rows = [
        [name, f"{c.texts:,}", str(c.changed), f"{c.worst:.1e}", f"{c.before:.4f}", f"{c.after:.4f}"]
        for name, c in compared.items()
    ]
    means = [f"**{mean(getattr(c, part) for c in compared.values()):.4f}**" for part in ("before", "after")]
    rows.append(["**mean**", NONE, NONE, NONE, *means])
    header = ["", "texts", "other labels", "largest difference", "calibration error before", "after"]
    publish(
        [describe_machine(PACKAGES), f"A probability may differ by {TOLERANCE:.0e}.", table(header, rows)],
        arguments.output,
    )
    if any(c.changed or c.worst > TOLERANCE for c in compared.values()):
        sys.exit("error: a file does not agree with its network")


if __name__ == "__main__":
    main()
