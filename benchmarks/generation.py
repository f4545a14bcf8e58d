r"""Measure the speed of text generation and of its peers on the same machine in the same run.

`python -m benchmarks.generation --output FILE`
"""

import os
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.contest import comparison_table, log, start_contender
from benchmarks.report import NONE, describe_machine, publish
from benchmarks.rounds import Worker, run_interleaved
from benchmarks.untrained_language_model import UntrainedLanguageModel

PACKAGES = ("onnxruntime", "torch")
SIZES = (1, 64)
DRAWS = {0: "all characters", 40: "the 40 most probable characters"}
PROMPT = 16
"""Characters of a prompt."""


def main() -> None:
    """Compare the generation of seqnlp with the same network in a Python loop over PyTorch."""
    options = ArgumentParser(prog="python -m benchmarks.generation", description=main.__doc__)
    options.add_argument(
        "--corpus", default="tinyshakespeare", help="corpus of the vocabulary and the prompts"
    )
    options.add_argument("--length", type=int, default=300, metavar="N", help="characters of each text")
    options.add_argument(
        "--rounds", type=int, default=5, metavar="N", help="number of turns of each contender"
    )
    options.add_argument("--threads", type=int, default=2, metavar="N", help="threads of each contender")
    options.add_argument("--output", type=Path, help="file to which the report is also written")
    arguments = options.parse_args()
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["OMP_NUM_THREADS"] = str(arguments.threads)
    conditions = describe_machine(PACKAGES)
    with TemporaryDirectory() as temporary:
        model = UntrainedLanguageModel(Path(temporary), arguments.corpus)
        with Worker(
            "benchmarks.untrained_language_model:UntrainedLanguageModel",
            directory=model.directory,
            corpus=model.corpus,
        ) as maker:
            parameters, prompts = maker.call("make", max(SIZES), PROMPT)
        parts = [
            f"{conditions} {arguments.threads} threads for each contender. A language model of "
            f"{parameters:,} parameters: one LSTM of {model.units} units over characters of {model.corpus}. "
            f"Texts of {arguments.length} characters after prompts of {PROMPT}, temperature 0.8."
        ]
        parts += compare(model, prompts, arguments.length, arguments.rounds, arguments.threads)
    publish(parts, arguments.output)


def compare(
    model: UntrainedLanguageModel, prompts: Sequence[str], length: int, rounds: int, threads: int
) -> Iterator[str]:
    """Measure generation, text to text, of one and of many prompts."""
    with ExitStack() as stack:
        begin = partial(start_contender, stack, model=model, prompts=prompts, length=length, threads=threads)
        ours, lstm, cell = (
            begin(place)
            for place in (
                "ours_language_model:Generation",
                "pytorch_language_model:Generation",
                "pytorch_language_model:CellGeneration",
            )
        )
        same = sum(map(str.__eq__, ours.call("most_probable"), lstm.call("most_probable")))
        for size in SIZES:
            for top_k, drawn in DRAWS.items():
                log(f"batch size {size}, {drawn}: {rounds} rounds")
                runs = [partial(worker.speed, "run", size, top_k) for worker in (ours, lstm, cell)]
                names = [
                    ("seqnlp `LanguageModel.predict`", NONE),
                    ("PyTorch, `nn.LSTM` in a loop", "2"),
                    ("PyTorch, `nn.LSTMCell` in a loop", "2"),
                ]
                if size == 1:
                    runs.append(partial(ours.speed, "stream", top_k))
                    names.append(("seqnlp `LanguageModel.stream`", NONE))
                measured = run_interleaved(runs, rounds)
                yield comparison_table(f"batch size {size}, {drawn}", measured, *names, unit="characters")
    yield (
        f"PyTorch has the weights of seqnlp's model: with the most probable characters, {same} of "
        f"{len(prompts)} texts are the same. Times include splitting prompts into characters and joining "
        "characters. Ratios are computed round by round: median, lowest and highest."
    )


if __name__ == "__main__":
    main()
