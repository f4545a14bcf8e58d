"""Whether the words that a classifier attends to most are those that its labels rest on.

`python -m benchmarks.explanations RUN --corpus sentence_polarity:test`
"""

from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import machine, publish, table
from seqnlp.corpora import load_split
from seqnlp.tasks.classification.model import Classifier

PACKAGES = ("numpy", "onnxruntime")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Erasure:
    """What leaving out each of a text's words does.

    Attributes:
        weights: The attention, [words].
        falls: By how much the label's probability falls without the word, [words].
        changes: Whether there is another label without it, [words].
    """

    weights: Floats
    falls: Floats
    changes: NDArray[np.bool_]


def main() -> None:
    """Leave out every word in turn and compare what that does with the attention it had."""
    options = ArgumentParser(prog="python -m benchmarks.explanations", description=main.__doc__)
    options.add_argument("run", type=Path, help="a classifier with attention pooling")
    options.add_argument("--corpus", default="sentence_polarity:test", help="name[:split]")
    options.add_argument("--output", type=Path, help="also write the report to a file")
    arguments = options.parse_args()
    conditions = machine(PACKAGES)
    classifier = Classifier.load(arguments.run)
    tokens = (classifier.tokenizer.tokenize(each.text) for each in load_split(arguments.corpus))
    texts = [words for each in tokens if len(words := [token.text for token in each]) > 1]
    publish([conditions, *report(erasures(classifier, texts))], arguments.output)


def erasures(classifier: Classifier, texts: Sequence[Sequence[str]]) -> list[Erasure]:
    """Leave out every word of every text in turn."""
    found = []
    for words, explanation in zip(texts, classifier.explain(texts), strict=True):
        whole = np.array(list(explanation.classification.scores.values()))
        label = int(whole.argmax())
        without = np.array(classifier.classify([[*words[:n], *words[n + 1 :]] for n in range(len(words))]))
        weights = np.array([word.weight for word in explanation.words])
        found.append(Erasure(weights, whole[label] - without[:, label], without.argmax(axis=-1) != label))
    return found


def report(found: Sequence[Erasure]) -> list[str]:
    """The report's paragraphs."""
    heaviest = [int(each.weights.argmax()) for each in found]
    decisive = [int(each.falls.argmax()) for each in found]
    rows = [
        ("the one with the greatest weight", *_effect(found, heaviest)),
        ("any, on average", *_effect(found, [slice(None)] * len(found))),
        ("the one whose loss counts most, found by trying all", *_effect(found, decisive)),
    ]
    same = np.mean([one == other for one, other in zip(heaviest, decisive, strict=True)])
    correlation = np.mean([kendall(each.weights, np.abs(each.falls)) for each in found])
    return [
        table(("word left out", "label changes", "its probability falls by"), rows),
        f"{len(found):,} texts. The word with the greatest weight is the one whose loss counts most in "
        f"{same:.1%} of them. Kendall's tau between weights and what a loss changes: {correlation:.2f}.",
    ]


def _effect(found: Sequence[Erasure], chosen: Sequence[int | slice]) -> tuple[str, str]:
    pairs = list(zip(found, chosen, strict=True))
    changes = np.mean([each.changes[which].mean() for each, which in pairs])
    falls = np.mean([each.falls[which].mean() for each, which in pairs])
    return f"{changes:.1%}", f"{falls:.3f}"


def kendall(first: Floats, second: Floats) -> float:
    """Kendall's tau-b: from 1, ordered alike, to -1, ordered the other way round."""
    above = np.triu_indices(len(first), 1)
    one, other = (np.sign(values[:, None] - values)[above] for values in (first, second))
    scale = np.sqrt((one @ one) * (other @ other))
    return float(one @ other / scale) if scale else 0.0


if __name__ == "__main__":
    main()
