"""`seqnlp evaluate`: how well a model does where it is known what is right."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from seqnlp.cli.options import AsJson, Device, ModelPath, Threads
from seqnlp.errors import ConfigError


def evaluate(
    model: ModelPath,
    data: Annotated[
        Path | None,
        typer.Option(
            help="A labelled file; for a translator, pairs, or with --pair what two files begin with.",
            show_default=False,
        ),
    ] = None,
    corpus: Annotated[
        str | None,
        typer.Option(help="A corpus by name, name[:split]; the split is test.", show_default=False),
    ] = None,
    file_format: Annotated[
        str | None, typer.Option("--format", help="The file's format; else told by the ending.")
    ] = None,
    scheme: Annotated[
        Literal["auto", "bio", "iob1", "iobes", "plain"], typer.Option(help="How the file writes spans.")
    ] = "auto",
    text_column: Annotated[str, typer.Option(help="The column or key of labelled texts.")] = "text",
    label_column: Annotated[str, typer.Option(help="The column or key of their labels.")] = "label",
    label_separator: Annotated[
        str | None,
        typer.Option(
            help="What parts labels, if texts have several. Default: as in training.", show_default=False
        ),
    ] = None,
    pair: Annotated[
        str | None,
        typer.Option(
            metavar="SOURCE-TARGET", help="The endings of two files, such as en-de.", show_default=False
        ),
    ] = None,
    source_column: Annotated[str, typer.Option(help="The column or key of the sources of pairs.")] = "source",
    target_column: Annotated[str, typer.Option(help="The column or key of their targets.")] = "target",
    beam_size: Annotated[
        int, typer.Option(min=1, help="Translators: hypotheses followed; 1 is greedy search.")
    ] = 5,
    on_error: Annotated[
        Literal["stop", "skip"], typer.Option(help="What a sentence or text that is wrong does.")
    ] = "stop",
    threads: Threads = None,
    device: Device = "cpu",
    as_json: AsJson = False,
) -> None:
    """Score a model.

    Tags by label, by seen and unseen, by length; labels; translations by BLEU and chrF;
    constituents by PARSEVAL.
    """
    from seqnlp.cli.labelled import (
        labelled_sentences,
        labelled_texts,
        labelled_trees,
        parsed_sentences,
        reference_pairs,
    )
    from seqnlp.corpora import PairOptions
    from seqnlp.serving.evaluation import evaluate as evaluate_tagger
    from seqnlp.serving.evaluation import (
        evaluate_classifier,
        evaluate_parser,
        evaluate_translator,
        evaluate_tree_classifier,
    )
    from seqnlp.serving.models import load
    from seqnlp.tasks.classification.model import Classifier
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
        found = evaluate_tagger(opened, sentences).to_dict()
    elif isinstance(opened, Classifier):
        columns = (text_column, label_column)
        texts = labelled_texts(opened, data, corpus, file_format, columns, label_separator, on_error)
        found = evaluate_classifier(opened, texts).to_dict()
    elif isinstance(opened, Parser):
        parsed = parsed_sentences(data, corpus, file_format, on_error)
        found = evaluate_parser(opened, parsed).to_dict()
    elif isinstance(opened, TreeClassifier):
        trees = labelled_trees(opened, data, corpus, file_format, on_error)
        found = evaluate_tree_classifier(opened, trees).to_dict()
    elif isinstance(opened, Translator):
        options = PairOptions(
            format=file_format, pair=pair, source_column=source_column, target_column=target_column
        )
        pairs = reference_pairs(data, corpus, options, on_error)
        found = evaluate_translator(opened, pairs, SearchOptions(beam_size)).to_dict()
    if as_json:
        print(json.dumps(found))
    else:
        _show(found)


def _show(found: Mapping[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(markup=False, highlight=False)
    if "bleu" in found:
        _show_translation(found, console)
        return
    table = Table("", "precision", "recall", "f1", "support")
    for label, row in found["labels"].items():
        table.add_row(label, *_figures(row))
    if "f1" in found:
        table.add_section()
        table.add_row("all", *_figures(found))
    for name in ("by_novelty", "by_length"):
        table.add_section()
        for part, row in found.get(name, {}).items():
            if "precision" in row:
                table.add_row(part, *_figures(row))
            else:
                table.add_row(part, "", "", f"accuracy {row['accuracy']:.4f}", f"{row['support']:,}")
    console.print(table)
    if "trees" in found:
        console.print(
            f"{found['trees']:,} trees, accuracy {found['accuracy']:.4f}; "
            f"{found['nodes']:,} nodes, accuracy {found['node_accuracy']:.4f}"
        )
        return
    if "texts" in found:
        right = f"accuracy {found['accuracy']:.4f}" if "accuracy" in found else f"exact {found['exact']:.4f}"
        console.print(
            f"{found['texts']:,} texts, {right}, calibration error {found['calibration_error']:.4f}"
        )
        return
    if "unlabelled" in found:
        console.print(
            f"{found['sentences']:,} sentences, {found['exact']:.1%} exact; unlabelled F1 "
            f"{found['unlabelled']['f1']:.4f}; parts of speech {found['accuracy']:.4f}"
        )
        return
    console.print(
        f"{found['sentences']:,} sentences, {found['tokens']:,} tokens, "
        f"token accuracy {found['accuracy']:.4f}"
    )


def _show_translation(found: Mapping[str, Any], console: Any) -> None:
    for name, signature in (("bleu", "signature"), ("bleu_lower", "signature_lower")):
        console.print(f"BLEU {found[name]:.2f}  {found[signature]}")
    console.print(f"chrF {found['chrf']:.2f}")
    if "perplexity" in found:
        console.print(f"perplexity of a piece {found['perplexity']:.3f}")
    console.print(f"{found['pairs']:,} pairs, {found['length_ratio']:.3f} times the words of the references")


def _figures(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (*(f"{row[name]:.4f}" for name in ("precision", "recall", "f1")), f"{row['support']:,}")
