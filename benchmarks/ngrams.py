"""Linear classifiers over the unigrams and bigrams of a text."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

Matrix = Any
"""The presence of each n-gram in each text, 0 or 1, a sparse SciPy matrix [texts, n-grams]."""
Labels = NDArray[np.integer[Any]]
Floats = NDArray[np.floating[Any]]

PENALTIES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
"""Values of C for logistic regression, the strongest regularisation first."""
TFIDF_PENALTIES = (0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
"""Values of C for logistic regression on TF-IDF, whose values are small."""
SVM_PENALTIES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
"""Values of C for a support vector machine over log-count ratios."""
INTERPOLATIONS = (0.125, 0.25, 0.5, 0.75, 1.0)
"""Values of beta; 1 does not change the support vector machine."""


class Candidate(NamedTuple):
    """A trained classifier.

    Attributes:
        settings: Its hyperparameters.
        predict: Returns the labels of texts.
    """

    settings: Mapping[str, float]
    predict: Callable[[Matrix], Labels]


def extract_ngrams(words: Sequence[int]) -> list[tuple[int, ...]]:
    """Return the unigrams and the bigrams of a text, as tuples of word ids."""
    return [*((word,) for word in words), *pairwise(words)]


def logistic_regressions(texts: Matrix, labels: Labels) -> Iterator[Candidate]:
    """Train a logistic regression with each penalty. With more than two labels it is multinomial.

    Args:
        texts: The training texts.
        labels: Their labels.
    """
    for penalty in PENALTIES:
        model = LogisticRegression(C=penalty, solver="newton-cg").fit(texts, labels)
        yield Candidate({"C": penalty}, model.predict)


def tfidf_regressions(texts: Matrix, labels: Labels) -> Iterator[Candidate]:
    """Train a logistic regression on TF-IDF with each penalty.

    Args:
        texts: The training texts.
        labels: Their labels.
    """
    weights = TfidfTransformer().fit(texts)
    for penalty in TFIDF_PENALTIES:
        model = LogisticRegression(C=penalty, solver="newton-cg").fit(weights.transform(texts), labels)
        yield Candidate({"C": penalty}, partial(_predict_weighted, weights, model))


def _predict_weighted(weights: TfidfTransformer, model: LogisticRegression, texts: Matrix) -> Labels:
    labels: Labels = model.predict(weights.transform(texts))
    return labels


def naive_bayes_svms(texts: Matrix, labels: Labels) -> Iterator[Candidate]:
    """Train an NBSVM with each penalty and interpolation.

    Args:
        texts: The training texts.
        labels: Their labels, numbered from 0.
    """
    for penalty in SVM_PENALTIES:
        model = NaiveBayesSvm.fit(texts, labels, penalty)
        for share in INTERPOLATIONS:
            yield Candidate({"C": penalty, "beta": share}, partial(model.predict, interpolation=share))


Trainer = Callable[[Matrix, Labels], Iterator[Candidate]]
"""Trains a kind of classifier with each of its hyperparameters."""

CLASSIFIERS: Mapping[str, Trainer] = {
    "logistic regression": logistic_regressions,
    "NBSVM": naive_bayes_svms,
}


def log_count_ratios(texts: Matrix, members: NDArray[np.bool_], smoothing: float = 1.0) -> Floats:
    """Return the log-count ratio of each n-gram (Wang and Manning 2012, section 2.1).

    Args:
        texts: All texts.
        members: Whether each text belongs to the class, [texts].
        smoothing: The number to add to each count.

    Returns:
        log((p / |p|) / (q / |q|)) of the smoothed counts p in the class and q outside it, [n-grams].
    """
    within, without = (
        smoothing + np.asarray(texts[rows].sum(axis=0)).ravel() for rows in (members, ~members)
    )
    return np.asarray(np.log(within / within.sum()) - np.log(without / without.sum()))


@dataclass(frozen=True)
class NaiveBayesSvm:
    """NBSVM (Wang and Manning 2012, section 2.3): a support vector machine over log-count ratios.

    Each label has a support vector machine against all others.

    Attributes:
        ratios: Log-count ratios, [n-grams, labels].
        weights: Weights of the machine, [n-grams, labels].
        biases: Biases of the machine, [labels].
    """

    ratios: Floats
    weights: Floats
    biases: Floats

    @classmethod
    def fit(cls, texts: Matrix, labels: Labels, penalty: float) -> Self:
        """Train on texts.

        Args:
            texts: The training texts.
            labels: Their labels, numbered from 0.
            penalty: C of the support vector machine, whose loss is the squared hinge.
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
        """Return the score of each label, [texts, labels].

        Args:
            texts: The texts.
            interpolation: Beta. 1 uses the weights of the support vector machine. 0 uses their mean absolute
                value, because naive Bayes gives all ratios the same weight.
        """
        size = np.abs(self.weights).mean(axis=0)
        mixed = (1 - interpolation) * size + interpolation * self.weights
        return np.asarray(texts @ (self.ratios * mixed) + self.biases)

    def predict(self, texts: Matrix, interpolation: float) -> Labels:
        """Return the label with the highest score."""
        return np.asarray(self.scores(texts, interpolation).argmax(axis=1))
