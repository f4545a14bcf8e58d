"""Whether exported classifiers say what their networks say, and how far their confidence can be trusted.

`python -m benchmarks.calibration RUN... --output FILE`; each run's test part is read as its settings say.
"""

import os
import sys
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import numpy as np

from benchmarks.report import NONE, machine, publish, table
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
    """A run's file against its network, on the test part.

    Attributes:
        texts: How many there are.
        otherwise: How many get another label from the file.
        worst: The largest difference of a probability.
        before: The calibration error of the network without its temperature.
        after: That of the file.
    """

    texts: int
    otherwise: int
    worst: float
    before: float
    after: float

    @classmethod
    def of(cls, run: Path) -> "Comparison":
        """Compare.

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
            right = np.take_along_axis(labels, best[:, None], axis=1)[:, 0]
            return calibration_error(probabilities.max(axis=1), right)

        return cls(
            texts=len(found),
            otherwise=int((decision.decide(found) != decision.decide(expected)).any(axis=1).sum()),
            worst=float(np.abs(found - expected).max()),
            before=error(plain),
            after=error(found),
        )


def main() -> None:
    """Classify the test part of each run by model.keras and by model.onnx, and compare."""
    options = ArgumentParser(prog="python -m benchmarks.calibration", description=main.__doc__)
    options.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="run directories of classifiers")
    options.add_argument("--output", type=Path, help="also write the report to a file")
    arguments = options.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        compared = {run.name: Comparison.of(run) for run in arguments.runs}
    except SeqnlpError as error:
        sys.exit(f"error: {error}")
    rows = [
        [name, f"{c.texts:,}", str(c.otherwise), f"{c.worst:.1e}", f"{c.before:.4f}", f"{c.after:.4f}"]
        for name, c in compared.items()
    ]
    means = [f"**{mean(getattr(c, part) for c in compared.values()):.4f}**" for part in ("before", "after")]
    rows.append(["**mean**", NONE, NONE, NONE, *means])
    header = ["", "texts", "labelled otherwise", "largest difference", "calibration error before", "after"]
    publish(
        [machine(PACKAGES), f"A probability may differ by {TOLERANCE:.0e}.", table(header, rows)],
        arguments.output,
    )
    if any(c.otherwise or c.worst > TOLERANCE for c in compared.values()):
        sys.exit("error: a file does not say what its network says")


if __name__ == "__main__":
    main()
