"""Whether an exported search finds what a plain one finds with the network itself, a sentence at a time.

`python -m benchmarks.search_parity RUN --corpus multi30k/en-de:test --sentences 500 --output FILE`
"""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.contest import log
from benchmarks.plain_search import Options, search, stepping
from benchmarks.report import NONE, machine, publish, table
from seqnlp.corpora import load_split
from seqnlp.errors import SeqnlpError
from seqnlp.tasks.translation.model import Translator
from seqnlp.tasks.translation.search import SearchOptions
from seqnlp.text.tokenizers.spaced import END

if TYPE_CHECKING:
    from seqnlp.tasks.translation.network import TranslationNetwork

PACKAGES = ("tensorflow", "keras", "tf2onnx", "onnxruntime")
BEAMS = {1: "greedy", 5: "beam of 5"}
TOLERANCE = 1e-4


@dataclass(frozen=True)
class Pair:
    """The best hypotheses of a sentence by both searches.

    Attributes:
        same: Whether they are the same, piece by piece.
        difference: Of their scores.
        pieces: How many pieces the plain one has, its end counted.
    """

    same: bool
    difference: float
    pieces: int

    @property
    def tied(self) -> bool:
        """Whether their scores are too close for rounding to tell which is higher."""
        return self.difference <= TOLERANCE


def main() -> None:
    """Translate a split by model.onnx and by a plain search with model.keras, and compare."""
    options = ArgumentParser(prog="python -m benchmarks.search_parity", description=main.__doc__)
    options.add_argument("run", type=Path, help="a run directory of a translator")
    options.add_argument("--corpus", help="its sources; by default the test part that the run had")
    options.add_argument("--sentences", type=int, metavar="N", help="only the first N")
    options.add_argument("--output", type=Path, help="also write the report to a file")
    arguments = options.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from seqnlp.tasks.translation.network import TranslationNetwork
    from seqnlp.training.networks import load_network

    try:
        translator = Translator.load(arguments.run)
        network = load_network(arguments.run / "model.keras", TranslationNetwork)
        texts = sources(arguments.run, arguments.corpus)[: arguments.sentences]
    except SeqnlpError as error:
        sys.exit(f"error: {error}")
    whole = [text for text in texts if len(translator.codec.segment(text)) == 1]
    compared = {}
    for beam_size, name in BEAMS.items():
        log(f"{name}: {len(whole):,} sentences")
        compared[name] = comparison(translator, network, whole, beam_size)
    publish(
        [
            machine(PACKAGES),
            f"{arguments.corpus or arguments.run}: the search of model.onnx against a plain one with "
            f"model.keras, {len(whole):,} sentences of {len(texts):,}; the others are empty or translated "
            "in parts.",
            report(compared),
            f"Of hypotheses that differ, those are tied whose scores are within {TOLERANCE:.0e}.",
        ],
        arguments.output,
    )
    if any(not (pair.same or pair.tied) for pairs in compared.values() for pair in pairs):
        sys.exit("error: the exported search does not find what the plain one finds")


def sources(run: Path, corpus: str | None) -> list[str]:
    """What is to be translated.

    Raises:
        SeqnlpError: It is not there, or damaged.
    """
    if corpus is not None:
        return [pair.source for pair in load_split(corpus)]
    from seqnlp.tasks.corpus import prepare
    from seqnlp.tasks.translation.settings import TranslatorSettings
    from seqnlp.tasks.translation.task import TranslatorTask

    prepared = prepare(TranslatorTask(), TranslatorSettings.load(run / "config.toml"))
    return [pair.source for pair in prepared.held_out["test"].examples]


def comparison(
    translator: Translator, network: "TranslationNetwork", texts: Sequence[str], beam_size: int
) -> list[Pair]:
    """Compare the best hypotheses of each text, which is one part.

    Args:
        translator: Has the exported search.
        network: What it was exported from.
        texts: The texts.
        beam_size: 1 for greedy search.
    """
    codec = translator.codec
    options = Options(beam_size, openings=tuple(codec.target.can_start.tolist()))
    compared = []
    for found in translator.predict(texts, SearchOptions(beam_size)):
        (source,) = codec.segment(found.source)
        plain = search(*stepping(network, source), options, len(source))[0]
        expected = tuple(codec.target.texts(piece for piece in plain.pieces if piece != END))
        difference = abs(found.score - plain.score)
        compared.append(Pair(found.hypotheses[0].subwords == expected, difference, len(plain.pieces)))
    return compared


def report(compared: dict[str, list[Pair]]) -> str:
    """A table, a line a search."""
    rows = []
    for name, pairs in compared.items():
        others = [pair for pair in pairs if not pair.same]
        rows.append(
            [
                name,
                f"{len(pairs):,}",
                f"{sum(pair.pieces for pair in pairs):,}",
                str(len(others)),
                str(sum(pair.tied for pair in others)),
                *(
                    f"{max(pair.difference for pair in some):.1e}" if some else NONE
                    for some in ([pair for pair in pairs if pair.same], others)
                ),
            ]
        )
    header = ["", "sentences", "pieces", "differ", "of these tied"]
    return table([*header, "largest difference of a score, same hypothesis", "differing ones"], rows)


if __name__ == "__main__":
    main()
