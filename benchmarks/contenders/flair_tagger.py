"""Flair's tagger with contextual string embeddings (Akbik et al. 2018), trained by Flair's own trainers."""

import json
import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from time import perf_counter

import flair
import torch
from flair.data import Corpus, Dictionary, Sentence
from flair.datasets import FlairDatapointDataset
from flair.embeddings import FlairEmbeddings, OneHotEmbeddings, StackedEmbeddings
from flair.models import LanguageModel, SequenceTagger
from flair.trainers import ModelTrainer
from flair.trainers.language_model_trainer import LanguageModelTrainer, TextCorpus

from benchmarks.contenders.batches import Sentences
from benchmarks.contenders.pretrained import Sizes
from seqnlp.files import atomic_write_text
from seqnlp.metrics.spans import SpanScores
from seqnlp.records import Span, TaggedSentence
from seqnlp.text.schemes import detect_scheme, to_spans, to_tags

LABEL = "ner"
DIRECTIONS = ("forward", "backward")
Figures = dict[str, float]
"""Figures of a training by name."""


class Training:
    """Train two language models and a tagger. Finished ones are kept.

    Args:
        run: The directory of the networks.
        sizes: Their sizes.
        threads: Number of threads.
    """

    def __init__(self, run: Path, sizes: Sizes, threads: int) -> None:
        _use_cpu(threads)
        self.run = run
        self.sizes = sizes

    def train_language_models(self, text: Path) -> float:
        """Train a forward and a backward language model, and return the seconds of both.

        Args:
            text: A folder with the files that `TextCorpus` reads.
        """
        characters = Dictionary()
        for path in sorted((text / "train").iterdir()):
            for character in sorted(set(path.read_text(encoding="utf-8"))):
                characters.add_item(character)
        trained = (
            _finish(self.run / direction, partial(self._train_language_model, text, characters, direction))
            for direction in DIRECTIONS
        )
        return sum(figures["seconds"] for figures in trained)

    def _train_language_model(self, text: Path, characters: Dictionary, direction: str) -> Figures:
        sizes, forward = self.sizes, direction == "forward"
        model = LanguageModel(
            characters, forward, sizes.language_units, nlayers=1, embedding_size=sizes.characters
        )
        LanguageModelTrainer(model, TextCorpus(text, characters, forward, random_case_flip=False)).train(
            self.run / direction,
            sequence_length=sizes.window,
            mini_batch_size=sizes.rows,
            max_epochs=sizes.language_epochs,
            num_workers=0,
        )
        return {}

    def train_tagger(
        self,
        train: Sequence[TaggedSentence],
        dev: Sequence[TaggedSentence],
        test: Sequence[TaggedSentence],
    ) -> Figures:
        """Train a tagger with the language models and score it, and return its figures."""
        return _finish(self.run / "tagger", partial(self._train_tagger, train, dev, test))

    def _train_tagger(
        self,
        train: Sequence[TaggedSentence],
        dev: Sequence[TaggedSentence],
        test: Sequence[TaggedSentence],
    ) -> Figures:
        corpus = Corpus(
            FlairDatapointDataset(labelled_sentences(train)),
            FlairDatapointDataset(labelled_sentences(dev)),
            sample_missing_splits=False,
        )
        words = OneHotEmbeddings.from_corpus(corpus, min_freq=1, embedding_length=self.sizes.words)
        language = [
            FlairEmbeddings(self.run / direction / "best-lm.pt", name=direction) for direction in DIRECTIONS
        ]
        tagger = SequenceTagger(
            StackedEmbeddings([words, *language]),
            corpus.make_label_dictionary(LABEL, add_unk=False),
            LABEL,
            hidden_size=self.sizes.units,
            reproject_embeddings=False,
        )
        ModelTrainer(tagger, corpus).train(
            self.run / "tagger",
            mini_batch_size=self.sizes.batch_size,
            max_epochs=self.sizes.epochs,
        )
        return {"f1": score(_load_tagger(self.run), test)}


class Prediction:
    """Predict the labels of words with `SequenceTagger.predict`.

    Args:
        run: The directory of a finished training.
        sentences: The sentences to tag.
        threads: Number of threads.
    """

    def __init__(self, run: Path, sentences: Sentences, threads: int) -> None:
        _use_cpu(threads)
        self.tagger = _load_tagger(run)
        self.sentences = sentences

    def parameters(self) -> tuple[int, int]:
        """Return the number of parameters of the tagger, and of its language models."""
        language = [each for each in self.tagger.embeddings.embeddings if isinstance(each, FlairEmbeddings)]
        return _count(self.tagger), sum(map(_count, language))

    def run(self, size: int) -> int:
        """Tag all sentences in batches of `size`, and return the number of words."""
        return sum(map(len, predict(self.tagger, self.sentences, size)))

    def one_by_one(self, count: int) -> int:
        """Tag the first sentences one at a time, and return the number of words."""
        return sum(len(predict(self.tagger, [words], 1)[0]) for words in self.sentences[:count])


def predict(tagger: SequenceTagger, sentences: Sentences, size: int) -> list[Sentence]:
    """Tag sentences in batches of `size`."""
    made = [Sentence(list(words)) for words in sentences]
    tagger.predict(made, mini_batch_size=size)
    return made


def score(tagger: SequenceTagger, gold: Sequence[TaggedSentence]) -> float:
    """Tag labelled sentences, and return F1."""
    scheme = detect_scheme(sentence.tags for sentence in gold)
    scores = SpanScores(scheme)
    for right, found in zip(gold, predict(tagger, [each.words for each in gold], 32), strict=True):
        scores.add(right.words, right.tags, read_tags(found, scheme))
    return scores.f1


def read_tags(sentence: Sentence, scheme: str) -> list[str]:
    """Return the tags of a sentence of Flair."""
    spans = [
        Span(span.get_label(LABEL).value, span[0].idx - 1, span[-1].idx) for span in sentence.get_spans(LABEL)
    ]
    return to_tags(spans, len(sentence), scheme)


def labelled_sentences(sentences: Sequence[TaggedSentence]) -> list[Sentence]:
    """Convert sentences to Flair."""
    scheme = detect_scheme(sentence.tags for sentence in sentences)
    converted = []
    for sentence in sentences:
        made = Sentence(list(sentence.words))
        for span in to_spans(sentence.tags, scheme):
            made[span.start : span.end].add_label(LABEL, span.label)
        converted.append(made)
    return converted


def _use_cpu(threads: int) -> None:
    logging.getLogger("flair").setLevel(logging.WARNING)
    torch.set_num_threads(threads)
    flair.device = torch.device("cpu")
    flair.set_seed(1)


def _finish(directory: Path, train: Callable[[], Figures]) -> Figures:
    """Train unless the directory has a finished training.

    Returns:
        The figures of the training, and its `seconds`.
    """
    finished = directory / "metrics.json"
    if not finished.exists():
        start = perf_counter()
        figures = train()
        atomic_write_text(finished, json.dumps({**figures, "seconds": perf_counter() - start}))
    found: Figures = json.loads(finished.read_text(encoding="utf-8"))
    return found


def _load_tagger(run: Path) -> SequenceTagger:
    """Return the tagger of the best epoch, or of the last one if no epoch found a right span of dev."""
    best, last = (run / "tagger" / f"{name}-model.pt" for name in ("best", "final"))
    return SequenceTagger.load(best if best.exists() else last).eval()


def _count(module: torch.nn.Module) -> int:
    return sum(weight.numel() for weight in module.parameters())
