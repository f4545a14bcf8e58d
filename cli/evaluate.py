"""`seqnlp evaluate`: score a model on gold data."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from seqnlp.cli.options import AsJson, Device, ModelPath, Threads
from seqnlp.errors import ConfigError


def evaluate(
    model: ModelPath,
    data: Annotated[
        Path | None,
        typer.Option(
            help="File with gold labels or translations; with --pair, the common beginning of two files.",
            show_default=False,
        ),
    ] = None,
    corpus: Annotated[
        str | None,
        typer.Option(help="Corpus by name, name[:split]; the default split is test.", show_default=False),
    ] = None,
    file_format: Annotated[
        str | None, typer.Option("--format", help="File format. Default: by the file ending.")
    ] = None,
    scheme: Annotated[
        Literal["auto", "bio", "iob1", "iobes", "plain"], typer.Option(help="Tagging scheme of the file.")
    ] = "auto",
    text_column: Annotated[str, typer.Option(help="Column or JSON key of the texts.")] = "text",
    label_column: Annotated[str, typer.Option(help="Column or JSON key of the labels.")] = "label",
    label_separator: Annotated[
        str | None,
        typer.Option(
            help="Separator between the labels of a text with several. Default: as in training.",
            show_default=False,
        ),
    ] = None,
    pair: Annotated[
        str | None,
        typer.Option(
            metavar="SOURCE-TARGET", help="Endings of two aligned files, such as en-de.", show_default=False
        ),
    ] = None,
    source_column: Annotated[str, typer.Option(help="Column or JSON key of the sources.")] = "source",
    target_column: Annotated[str, typer.Option(help="Column or JSON key of the targets.")] = "target",
    beam_size: Annotated[int, typer.Option(min=1, help="Translators: beam size; 1 is greedy search.")] = 5,
    on_error: Annotated[
        Literal["stop", "skip"], typer.Option(help="What to do with an invalid record.")
    ] = "stop",
    threads: Threads = None,
    device: Device = "cpu",
    as_json: AsJson = False,
) -> None:
    """Score a model on gold data.

    Taggers: precision, recall and F1 by label, for seen and unseen spans, and by sentence length.
    Classifiers: scores by label and the calibration error. Translators: BLEU, chrF and perplexity. Parsers:
    PARSEVAL. Tree classifiers: accuracy of nodes and of whole trees.

    Example: seqnlp evaluate runs/names --data test.conll
    """
    from rich.console import Console

    from seqnlp.cli.labelled import (
        labelled_sentences,
        labelled_texts,
        labelled_trees,
        parsed_sentences,
        reference_pairs,
    )
    from seqnlp.corpora import PairOptions
    from seqnlp.metrics.scores import Scores
    from seqnlp.tasks.classification.model import Classifier
    from seqnlp.tasks.evaluation import evaluate as evaluate_tagger
    from seqnlp.tasks.evaluation import (
        evaluate_classifier,
        evaluate_parser,
        evaluate_translator,
        evaluate_tree_classifier,
    )
    from seqnlp.tasks.models import load
    from seqnlp.tasks.parsing.model import Parser
    from seqnlp.tasks.tagging.model import Tagger
    from seqnlp.tasks.translation.model import Translator
    from seqnlp.tasks.translation.search import SearchOptions
    from seqnlp.tasks.tree_classification.model import TreeClassifier

    if (data is None) == (corpus is None):
        raise ConfigError("give --data FILE or --corpus NAME[:SPLIT]")
    opened = load(model, threads, device)
    if isinstance(opened, Tagger):
        sentences = labelled_sentences(opened, data, corpus, file_format, scheme, on_error)
        scores: Scores = evaluate_tagger(opened, sentences)
    elif isinstance(opened, Classifier):
        columns = (text_column, label_column)
        texts = labelled_texts(opened, data, corpus, file_format, columns, label_separator, on_error)
        scores = evaluate_classifier(opened, texts)
    elif isinstance(opened, Parser):
        parsed = parsed_sentences(data, corpus, file_format, on_error)
        scores = evaluate_parser(opened, parsed)
    elif isinstance(opened, TreeClassifier):
        trees = labelled_trees(opened, data, corpus, file_format, on_error)
        scores = evaluate_tree_classifier(opened, trees)
    elif isinstance(opened, Translator):
        options = PairOptions(
            format=file_format, pair=pair, source_column=source_column, target_column=target_column
        )
        pairs = reference_pairs(data, corpus, options, on_error)
        scores = evaluate_translator(opened, pairs, SearchOptions(beam_size))
    if as_json:
        print(json.dumps(scores.to_dict()))
    else:
        scores.report().render(Console())
