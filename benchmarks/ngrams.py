"""Linear classifiers that know which words and which pairs of neighbours a text has, and nothing else."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

Matrix = Any
"""Which text has which n-gram, 0 or 1, SciPy-sparse [texts, n-grams]."""
Labels = NDArray[np.integer[Any]]
Floats = NDArray[np.floating[Any]]

PENALTIES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
"""What is tried for the C of logistic regression, the strongest regularisation first."""
MACHINE_PENALTIES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
"""What is tried for that of a support vector machine over ratios."""
INTERPOLATIONS = (0.125, 0.25, 0.5, 0.75, 1.0)
"""What is tried for beta; 1 leaves the support vector machine as it is."""


class Candidate(NamedTuple):
    """A classifier that was trained.

    Attributes:
        settings: What was chosen for it.
        predict: From texts to labels.
    """

    settings: Mapping[str, float]
    predict: Callable[[Matrix], Labels]


def grams(words: Sequence[int]) -> list[tuple[int, ...]]:
    """The words of a text, by their ids, and each word with the next."""
    return [*((word,) for word in words), *pairwise(words)]


def logistic_regressions(texts: Matrix, labels: Labels) -> Iterator[Candidate]:
    """Train logistic regression with each penalty; over more than two labels it is multinomial.

    Args:
        texts: The training texts.
        labels: Their labels.
    """
    for penalty in PENALTIES:
        model = LogisticRegression(C=penalty, solver="newton-cg").fit(texts, labels)
        yield Candidate({"C": penalty}, model.predict)


def naive_bayes_machines(texts: Matrix, labels: Labels) -> Iterator[Candidate]:
    """Train NBSVM with each penalty and interpolation.

    Args:
        texts: The training texts.
        labels: Their labels, all from 0 on.
    """
    for penalty in MACHINE_PENALTIES:
        model = NaiveBayesMachine.fit(texts, labels, penalty)
        for share in INTERPOLATIONS:
            yield Candidate({"C": penalty, "beta": share}, partial(model.predict, interpolation=share))


FLOORS: Mapping[str, Callable[[Matrix, Labels], Iterator[Candidate]]] = {
    "logistic regression": logistic_regressions,
    "NBSVM": naive_bayes_machines,
}


def log_count_ratios(texts: Matrix, inside: NDArray[np.bool_], smoothing: float = 1.0) -> Floats:
    """How much more an n-gram counts among some texts than among the others (Wang and Manning 2012, 2.1).

    Args:
        texts: All texts.
        inside: Which they are, [texts].
        smoothing: Added to each count.

    Returns:
        log((p / |p|) / (q / |q|)) of the smoothed counts p within and q without, [n-grams].
    """
    within, without = (smoothing + np.asarray(texts[rows].sum(axis=0)).ravel() for rows in (inside, ~inside))
    return np.asarray(np.log(within / within.sum()) - np.log(without / without.sum()))


@dataclass(frozen=True)
class NaiveBayesMachine:
    """NBSVM (Wang and Manning 2012, 2.3): a support vector machine over log-count ratios.

    Each label has one of its own, against the others; two labels' are each other's negative.

    Attributes:
        ratios: [n-grams, labels].
        weights: What the machine makes of them, [n-grams, labels].
        biases: [labels].
    """

    ratios: Floats
    weights: Floats
    biases: Floats

    @classmethod
    def fit(cls, texts: Matrix, labels: Labels, penalty: float) -> Self:
        """Train on texts.

        Args:
            texts: The training texts.
            labels: Their labels, all from 0 on.
            penalty: C of the machine, whose loss is the squared hinge.
        """
        ratios, weights, biases = [], [], []
        for label in range(labels.max() + 1):
            ratio = log_count_ratios(texts, labels == label)
            machine = LinearSVC(C=penalty, max_iter=10_000, random_state=0)
            machine.fit(texts.multiply(ratio).tocsr(), labels == label)
            ratios.append(ratio)
            weights.append(machine.coef_[0])
            biases.append(machine.intercept_[0])
        return cls(np.stack(ratios, axis=1), np.stack(weights, axis=1), np.array(biases))

    def scores(self, texts: Matrix, interpolation: float) -> Floats:
        """How much speaks for each label, [texts, labels].

        Args:
            texts: The texts.
            interpolation: Beta: the share of the machine's own weights; the rest of each is their mean size,
                as naive Bayes has the same weight for all ratios.
        """
        size = np.abs(self.weights).mean(axis=0)
        mixed = (1 - interpolation) * size + interpolation * self.weights
        return np.asarray(texts @ (self.ratios * mixed) + self.biases)

    def predict(self, texts: Matrix, interpolation: float) -> Labels:
        """The label that most speaks for."""
        return np.asarray(self.scores(texts, interpolation).argmax(axis=1))
