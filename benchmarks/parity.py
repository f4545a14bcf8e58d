"""Check on whole corpora that an exported tagger gives the same outputs as its network.

`python -m benchmarks.parity RUN --corpus conll2002/esp --output FILE`
"""

import os
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.contenders.batches import by_length
from benchmarks.report import describe_machine, publish, table
from seqnlp.corpora import load_split
from seqnlp.data.batching import Batch, Buckets
from seqnlp.data.words import EncodedWords
from seqnlp.errors import SeqnlpError
from seqnlp.settings import TrainingSettings
from seqnlp.tasks.tagging.decoding import decode
from seqnlp.tasks.tagging.model import Tagger
from seqnlp.tasks.tagging.settings import TaggerSettings
from seqnlp.types import Arrays

PACKAGES = ("tensorflow", "keras", "tf2onnx", "onnxruntime")
SPLITS = ("dev", "test")
SIZES = (1, 64)
TOLERANCE = 1e-4
RECURRENT = ("LSTM", "GRU", "RNN")
LOOPS = ("Loop", "Scan")


@dataclass(frozen=True)
class Answers:
    """The outputs of a model for the rows of a split, concatenated.

    Attributes:
        tags: Tag ids, [positions].
        logits: Logits, [positions, labels].
    """

    tags: NDArray[np.integer[Any]]
    logits: NDArray[np.float32]


def main() -> None:
    """Tag the dev and test splits with model.keras and model.onnx, and compare them."""
    options = ArgumentParser(prog="python -m benchmarks.parity", description=main.__doc__)
    options.add_argument("run", type=Path, help="run directory of a tagger")
    options.add_argument("--corpus", help="corpus; by default that of the run")
    options.add_argument(
        "--sentences", type=int, metavar="N", help="only the first N sentences of each split"
    )
    options.add_argument("--output", type=Path, help="file to which the report is also written")
    arguments = options.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        settings = TaggerSettings.load(arguments.run / "config.toml")
        corpus = arguments.corpus or settings.data.corpus
        if corpus is None:
            sys.exit("error: the run was trained on files; name a corpus with --corpus")
        sentences = {
            split: [sentence.words for sentence in load_split(f"{corpus}:{split}")][: arguments.sentences]
            for split in SPLITS
        }
        compared = list(compare(arguments.run, sentences))
        nodes = count_nodes(arguments.run / "model.onnx")
    except SeqnlpError as error:
        sys.exit(f"error: {error}")
    publish(
        [
            describe_machine(PACKAGES),
            f"{corpus}, model.onnx against model.keras; a logit may differ by {TOLERANCE:.0e}.",
            table(
                ["", "sentences", "tokens", "batch", "sentences with other tags", "largest difference"],
                [[*map(str, row[:-1]), f"{row[-1]:.1e}"] for row in compared],
            ),
            table(["nodes of the graph", "number"], [[kind, str(count)] for kind, count in nodes.items()]),
        ],
        arguments.output,
    )
    layers = settings.network.layers
    faults = {
        "the graph does not agree with the network": any(
            changed or worst > TOLERANCE for *_, changed, worst in compared
        ),
        f"the graph should have {layers} recurrent node(s)": layers != sum(nodes[kind] for kind in RECURRENT),
        "there is a loop outside the CRF": any(nodes[kind] for kind in LOOPS),
    }
    complaint = "; ".join(fault for fault, found in faults.items() if found)
    if complaint:
        sys.exit(f"error: {complaint}")


def compare(
    run: Path, sentences: Mapping[str, Sequence[Sequence[str]]]
) -> Iterator[tuple[str, int, int, int, int, float]]:
    """Compare both models of a run.

    Yields:
        For each split and batch size: the split, its numbers of sentences and tokens, the batch size, the
        number of sentences whose tags differ, and the largest difference of a logit.
    """
    from seqnlp.tasks.tagging.network import TaggingNetwork
    from seqnlp.training.networks import load_network

    tagger = Tagger.load(run)
    codec = replace(tagger.codec, caches_characters=False)
    network = load_network(run / "model.keras", TaggingNetwork)
    for split, words in sentences.items():
        expected = run_keras(network, codec.encode(words))
        encoded = tagger.codec.encode(words)
        lengths = encoded.windows.lengths
        row_of = np.repeat(np.arange(len(lengths)), lengths)
        for size in SIZES:
            given = run_onnx(tagger.file.session, encoded, size)
            changed = len(np.unique(row_of[given.tags != expected.tags]))
            worst = float(np.abs(given.logits - expected.logits).max(initial=0))
            yield split, len(words), len(encoded.words), size, changed, worst


def run_keras(network: Any, encoded: EncodedWords) -> Answers:
    """Return the logits of the network, and the tags that the NumPy decoder finds with them."""
    lengths = encoded.windows.lengths
    buckets = Buckets.learn(lengths, TrainingSettings().batch_positions(len(encoded.words)))

    def answer(inputs: Arrays) -> tuple[NDArray[Any], NDArray[Any]]:
        logits = np.asarray(network.predict_on_batch(inputs))
        return decode(logits, inputs["lengths"], network), logits

    return collect(encoded, buckets.batches(lengths), answer)


def run_onnx(session: Any, encoded: EncodedWords, size: int) -> Answers:
    """Return the tags and the logits of the exported graph, in batches of `size` rows."""
    return collect(
        encoded,
        by_length(encoded.windows.lengths, size),
        lambda inputs: session.run(["tags", "emissions"], inputs),
    )


def collect(
    encoded: EncodedWords,
    batches: Iterable[Batch],
    answer: Callable[[Arrays], Sequence[NDArray[Any]]],
) -> Answers:
    """Collect the outputs of a model for all batches.

    Args:
        encoded: The sentences.
        batches: Batches that contain each row once.
        answer: Returns the tags [batch, time] and the logits [batch, time, labels] of a batch.
    """
    lengths = encoded.windows.lengths
    starts = np.cumsum(lengths) - lengths
    places: list[NDArray[Any]] = []
    tags: list[NDArray[Any]] = []
    logits: list[NDArray[Any]] = []
    for batch in batches:
        steps = np.arange(batch.length)
        present = steps < lengths[batch.rows][:, None]
        places.append((starts[batch.rows][:, None] + steps)[present])
        for values, out in zip(answer(encoded.batch(batch)), (tags, logits), strict=True):
            out.append(values[: len(batch.rows)][present])
    order = np.argsort(np.concatenate(places))
    return Answers(np.concatenate(tags)[order], np.concatenate(logits)[order])


def count_nodes(model: Path) -> Counter[str]:
    """Count the recurrent nodes of a graph, the loops inside and outside its CRF, and the other nodes."""
    import onnx

    def kinds(graph: onnx.GraphProto, within: bool) -> Iterator[str]:
        for node in graph.node:
            decoding = within or node.output[0] in crf
            if node.op_type in LOOPS and decoding:
                yield f"{node.op_type} in the CRF"
            else:
                yield node.op_type if node.op_type in (*RECURRENT, *LOOPS) else "others"
            for attribute in node.attribute:
                if attribute.HasField("g"):
                    yield from kinds(attribute.g, decoding)

    graph = onnx.load(model).graph
    crf = find_dependents({"emissions"}, graph)
    return Counter(kinds(graph, within=False))


def find_dependents(names: set[str], graph: Any) -> set[str]:
    """Return the names of all values that are computed from the given values."""
    reached = set(names)
    for node in graph.node:  # in topological order
        if reached.intersection(node.input):
            reached.update(node.output)
    return reached - names


if __name__ == "__main__":
    main()
