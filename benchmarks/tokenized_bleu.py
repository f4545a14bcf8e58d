"""Measure BLEU on lower-cased Moses tokens, like papers before sacrebleu.

`python -m benchmarks.tokenized_bleu RUN --corpus multi30k/en-de:test --output FILE`

Moses' punctuation normaliser and tokenizer, as ported by `sacremoses`, process translations and references,
which are then lower-cased. BLEU counts the tokens between spaces, as in `multi-bleu.perl`.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path

from sacrebleu.metrics.bleu import BLEU
from sacremoses import MosesPunctNormalizer, MosesTokenizer

from benchmarks.report import describe_machine, publish, table
from seqnlp.corpora import load_split
from seqnlp.errors import SeqnlpError
from seqnlp.tasks.translation.model import Translator
from seqnlp.tasks.translation.search import SearchOptions

PACKAGES = ("sacremoses", "sacrebleu", "onnxruntime")
BEAMS = {1: "greedy", 5: "beam of 5"}


def main() -> None:
    """Translate a split and score it on Moses tokens."""
    options = ArgumentParser(prog="python -m benchmarks.tokenized_bleu", description=main.__doc__)
    options.add_argument("run", type=Path, help="run directory of a translator, or its model.onnx")
    options.add_argument("--corpus", default="multi30k/en-de:test", help="parallel corpus by name")
    options.add_argument("--language", default="de", help="language of the targets, for Moses")
    options.add_argument("--output", type=Path, help="file to which the report is also written")
    arguments = options.parse_args()
    try:
        pairs = list(load_split(arguments.corpus))
        translator = Translator.load(arguments.run)
    except SeqnlpError as error:
        sys.exit(f"error: {error}")
    references = moses([pair.target for pair in pairs], arguments.language)
    metric = BLEU(tokenize="none", force=True)  # the text is tokenized on purpose
    rows = []
    for beam, name in BEAMS.items():
        found = translator.predict([pair.source for pair in pairs], SearchOptions(beam))
        score = metric.corpus_score(moses([each.text for each in found], arguments.language), [references])
        rows.append([name, f"{score.score:.2f}"])
    publish(
        [
            describe_machine(PACKAGES),
            table(["", "BLEU, lower-cased Moses tokens"], rows),
            f"{len(pairs):,} pairs of {arguments.corpus}; `{metric.get_signature()}` on normalised, "
            "tokenized and lower-cased text.",
        ],
        arguments.output,
    )


def moses(texts: Iterable[str], language: str) -> list[str]:
    """Return texts as lower-cased Moses tokens, separated by spaces."""
    normalizer, tokenizer = MosesPunctNormalizer(language), MosesTokenizer(language)
    return [
        tokenizer.tokenize(normalizer.normalize(text), return_str=True, escape=False).lower()
        for text in texts
    ]


if __name__ == "__main__":
    main()
