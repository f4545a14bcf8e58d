"""BLEU of a translator on tokens of Moses, lower-cased, as papers before sacrebleu report it.

`python -m benchmarks.tokenized_bleu RUN --corpus multi30k/en-de:test --output FILE`

Translations and references go through the normaliser of punctuation and the tokenizer of Moses, in the port
of `sacremoses`, and are lower-cased; BLEU is then over what blanks part, as `multi-bleu.perl` counts it.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path

from sacrebleu.metrics.bleu import BLEU
from sacremoses import MosesPunctNormalizer, MosesTokenizer

from benchmarks.report import machine, publish, table
from seqnlp.corpora import load_split
from seqnlp.errors import SeqnlpError
from seqnlp.tasks.translation.model import Translator
from seqnlp.tasks.translation.search import SearchOptions

PACKAGES = ("sacremoses", "sacrebleu", "onnxruntime")
BEAMS = {1: "greedy", 5: "beam of 5"}


def main() -> None:
    """Translate a split and score it on tokens of Moses."""
    options = ArgumentParser(prog="python -m benchmarks.tokenized_bleu", description=main.__doc__)
    options.add_argument("run", type=Path, help="a run directory of a translator, or its model.onnx")
    options.add_argument("--corpus", default="multi30k/en-de:test", help="a corpus of pairs by name")
    options.add_argument("--language", default="de", help="the language of the targets, for Moses")
    options.add_argument("--output", type=Path, help="also write the report to a file")
    arguments = options.parse_args()
    try:
        pairs = list(load_split(arguments.corpus))
        translator = Translator.load(arguments.run)
    except SeqnlpError as error:
        sys.exit(f"error: {error}")
    references = moses([pair.target for pair in pairs], arguments.language)
    metric = BLEU(tokenize="none", force=True)  # it is meant to be of tokens
    rows = []
    for beam, name in BEAMS.items():
        found = translator.predict([pair.source for pair in pairs], SearchOptions(beam))
        score = metric.corpus_score(moses([each.text for each in found], arguments.language), [references])
        rows.append([name, f"{score.score:.2f}"])
    publish(
        [
            machine(PACKAGES),
            table(["", "BLEU, tokens of Moses, lower-cased"], rows),
            f"{len(pairs):,} pairs of {arguments.corpus}; `{metric.get_signature()}` on text that was "
            "normalised, tokenized and lower-cased before.",
        ],
        arguments.output,
    )


def moses(texts: Iterable[str], language: str) -> list[str]:
    """Texts as tokens that blanks part, in small letters."""
    normalizer, tokenizer = MosesPunctNormalizer(language), MosesTokenizer(language)
    return [
        tokenizer.tokenize(normalizer.normalize(text), return_str=True, escape=False).lower()
        for text in texts
    ]


if __name__ == "__main__":
    main()
