"""Check that an exported beam search finds the same hypotheses as a plain search with the network.

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
from benchmarks.plain_search import Options, make_step, search
from benchmarks.report import NONE, describe_machine, publish, table
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
    """The best hypotheses of both searches for a sentence.

    Attributes:
        same: Whether their subwords are the same.
        difference: The difference of their scores.
        subwords: Number of subwords of the plain hypothesis, including its end symbol.
    """

    same: bool
    difference: float
    subwords: int

    @property
    def tied(self) -> bool:
        """True if their scores are equal except for rounding."""
        return self.difference <= TOLERANCE


def main() -> None:
    """Translate a split with model.onnx and with a plain search over model.keras, and compare them."""
    options = ArgumentParser(prog="python -m benchmarks.search_parity", description=main.__doc__)
    options.add_argument("run", type=Path, help="run directory of a translator")
    options.add_argument("--corpus", help="corpus of the sources; by default the test split of the run")
    options.add_argument("--sentences", type=int, metavar="N", help="only the first N sentences")
    options.add_argument("--output", type=Path, help="file to which the report is also written")
    arguments = options.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from seqnlp.tasks.translation.network import TranslationNetwork
    from seqnlp.training.networks import load_network

    try:
        translator = Translator.load(arguments.run)
        network = load_network(arguments.run / "model.keras", TranslationNetwork)
        texts = read_sources(arguments.run, arguments.corpus)[: arguments.sentences]
    except SeqnlpError as error:
        sys.exit(f"error: {error}")
    whole = [text for text in texts if len(translator.codec.segment(text)) == 1]
    compared = {}
    for beam_size, name in BEAMS.items():
        log(f"{name}: {len(whole):,} sentences")
        compared[name] = compare(translator, network, whole, beam_size)
    publish(
        [
            describe_machine(PACKAGES),
            f"{arguments.corpus or arguments.run}: the search of model.onnx and a plain search with "
            f"model.keras, {len(whole):,} sentences of {len(texts):,}; the others are empty or translated "
            "in segments.",
            report(compared),
            f"Hypotheses that differ are tied if their scores are within {TOLERANCE:.0e}.",
        ],
        arguments.output,
    )
    if any(not (pair.same or pair.tied) for pairs in compared.values() for pair in pairs):
        sys.exit("error: the exported search does not agree with the plain search")


def read_sources(run: Path, corpus: str | None) -> list[str]:
    """Return the texts to translate.

    Raises:
        SeqnlpError: The corpus is missing or damaged.
    """
    if corpus is not None:
        return [pair.source for pair in load_split(corpus)]
    from seqnlp.tasks.corpus import prepare
    from seqnlp.tasks.translation.settings import TranslatorSettings
    from seqnlp.tasks.translation.task import TranslatorTask

    prepared = prepare(TranslatorTask(), TranslatorSettings.load(run / "config.toml"))
    return [pair.source for pair in prepared.held_out["test"].examples]


def compare(
    translator: Translator, network: "TranslationNetwork", texts: Sequence[str], beam_size: int
) -> list[Pair]:
    """Compare the best hypotheses of each text, which is one segment.

    Args:
        translator: The exported search.
        network: The network that it was exported from.
        texts: The texts.
        beam_size: Number of hypotheses per sentence; 1 is greedy search.
    """
    codec = translator.codec
    options = Options(beam_size, can_start=tuple(codec.target.can_start.tolist()))
    compared = []
    for found in translator.predict(texts, SearchOptions(beam_size)):
        (source,) = codec.segment(found.source)
        plain = search(*make_step(network, source), options, len(source))[0]
        expected = tuple(codec.target.texts(subword for subword in plain.subwords if subword != END))
        difference = abs(found.score - plain.score)
        compared.append(Pair(found.hypotheses[0].subwords == expected, difference, len(plain.subwords)))
    return compared


def report(compared: dict[str, list[Pair]]) -> str:
    """Return a table with a row per search."""
    rows = []
    for name, pairs in compared.items():
        others = [pair for pair in pairs if not pair.same]
        rows.append(
            [
                name,
                f"{len(pairs):,}",
                f"{sum(pair.subwords for pair in pairs):,}",
                str(len(others)),
                str(sum(pair.tied for pair in others)),
                *(
                    f"{max(pair.difference for pair in some):.1e}" if some else NONE
                    for some in ([pair for pair in pairs if pair.same], others)
                ),
            ]
        )
    header = ["", "sentences", "subwords", "differ", "of these tied"]
    return table([*header, "largest difference of a score, same hypotheses", "other hypotheses"], rows)


if __name__ == "__main__":
    main()
