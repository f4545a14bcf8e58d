"""Measure whether the words with the highest attention weights decide the label of a text.

`python -m benchmarks.explanations RUN --corpus sentence_polarity:test`
"""

from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import describe_machine, publish, table
from seqnlp.corpora import load_split
from seqnlp.tasks.classification.model import Classifier

PACKAGES = ("numpy", "onnxruntime")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Erasure:
    """The effect of erasing each word of a text.

    Attributes:
        weights: The attention weights, [words].
        drops: Decrease of the probability of the label without the word, [words].
        changes: Whether the label changes without the word, [words].
    """

    weights: Floats
    drops: Floats
    changes: NDArray[np.bool_]


def main() -> None:
    """Erase each word in turn, and compare the effect with the attention weight of the word."""
    options = ArgumentParser(prog="python -m benchmarks.explanations", description=main.__doc__)
    options.add_argument("run", type=Path, help="run directory of a classifier with attention pooling")
    options.add_argument("--corpus", default="sentence_polarity:test", help="name[:split]")
    options.add_argument("--output", type=Path, help="file to which the report is also written")
    arguments = options.parse_args()
    conditions = describe_machine(PACKAGES)
    classifier = Classifier.load(arguments.run)
    tokens = (classifier.tokenizer.tokenize(each.text) for each in load_split(arguments.corpus))
    texts = [words for each in tokens if len(words := [token.text for token in each]) > 1]
    publish([conditions, *report(erase_words(classifier, texts))], arguments.output)


def erase_words(classifier: Classifier, texts: Sequence[Sequence[str]]) -> list[Erasure]:
    """Erase each word of each text in turn."""
    found = []
    for words, explanation in zip(texts, classifier.explain(texts), strict=True):
        whole = np.array(list(explanation.classification.scores.values()))
        label = int(whole.argmax())
        without = np.array(classifier.classify([[*words[:n], *words[n + 1 :]] for n in range(len(words))]))
        weights = np.array([word.weight for word in explanation.words])
        found.append(Erasure(weights, whole[label] - without[:, label], without.argmax(axis=-1) != label))
    return found


def report(found: Sequence[Erasure]) -> list[str]:
    """Return the paragraphs of the report."""
    heaviest = [int(each.weights.argmax()) for each in found]
    decisive = [int(each.drops.argmax()) for each in found]
    rows = [
        ("the word with the greatest weight", *_effect(found, heaviest)),
        ("any word, on average", *_effect(found, [slice(None)] * len(found))),
        ("the decisive word, found by erasing each", *_effect(found, decisive)),
    ]
    same = np.mean([one == other for one, other in zip(heaviest, decisive, strict=True)])
    correlation = np.mean([kendall_tau(each.weights, np.abs(each.drops)) for each in found])
    return [
        table(("erased word", "label changes", "probability drops by"), rows),
        f"{len(found):,} texts. The word with the greatest weight is the decisive one in {same:.1%} of "
        f"them. Kendall's tau between weights and changes of the probability: {correlation:.2f}.",
    ]


def _effect(found: Sequence[Erasure], chosen: Sequence[int | slice]) -> tuple[str, str]:
    pairs = list(zip(found, chosen, strict=True))
    changes = np.mean([each.changes[which].mean() for each, which in pairs])
    drops = np.mean([each.drops[which].mean() for each, which in pairs])
    return f"{changes:.1%}", f"{drops:.3f}"


def kendall_tau(first: Floats, second: Floats) -> float:
    """Return Kendall's tau-b: 1 for the same order, -1 for the reverse order."""
    above = np.triu_indices(len(first), 1)
    one, other = (np.sign(values[:, None] - values)[above] for values in (first, second))
    scale = np.sqrt((one @ one) * (other @ other))
    return float(one @ other / scale) if scale else 0.0


if __name__ == "__main__":
    main()
