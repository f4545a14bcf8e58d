"""N-gram models with modified Kneser-Ney smoothing, by the programs `lmplz` and `query` of KenLM.

The models read the ids of a language model's codec: a document is a sentence of KenLM, an id is a word, and
the end symbol is the end of the sentence. So both models predict the same tokens, and the probabilities of
all tokens, unknown ones and ends included, are comparable.
"""

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path
from tempfile import TemporaryDirectory

from seqnlp.errors import ConfigError

_FOUND = re.compile(r"\S+=\d+ \d+ (\S+)\t")
"""A token in the output of `query`: itself, its number, length of the n-gram, log10 of the probability."""


@dataclass(frozen=True)
class KenLm:
    """The programs of KenLM.

    Args:
        folder: The folder of the programs; None to search them on the path.

    Raises:
        ConfigError: A program is missing.
    """

    folder: Path | None = None

    def __post_init__(self) -> None:
        self.lmplz, self.query  # noqa: B018

    @property
    def lmplz(self) -> str:
        """The program that estimates a model."""
        return self._program("lmplz")

    @property
    def query(self) -> str:
        """The program that scores texts."""
        return self._program("query")

    def _program(self, name: str) -> str:
        found = shutil.which(name, path=None if self.folder is None else str(self.folder))
        if found is None:
            raise ConfigError(f"{name} of KenLM is not installed; build it and give its folder (--kenlm)")
        return found

    def score(
        self, train: Sequence[Sequence[int]], order: int, texts: Sequence[Sequence[int]]
    ) -> list[list[float]]:
        """Estimate a model and return the log probability of each token of texts, and of their ends.

        Args:
            train: The ids of each training document, without the end symbol.
            order: Length of the longest n-gram.
            texts: The ids of the documents to score.

        Raises:
            ConfigError: KenLM was compiled for shorter n-grams.
        """
        with TemporaryDirectory() as folder:
            text, model = Path(folder, "train.txt"), Path(folder, "model.arpa")
            text.write_text(_lines(train), encoding="ascii")
            # Few distinct characters leave no n-grams that occur once, from which discounts are estimated.
            options = [
                "--order",
                str(order),
                "--discount_fallback",
                "--memory",
                "2G",
                "--temp_prefix",
                folder,
            ]
            _run([self.lmplz, *options, "--text", str(text), "--arpa", str(model)])
            output = _run([self.query, "-v", "word", "-v", "sentence", str(model)], _lines(texts))
        return [[log(10) * float(value) for value in _FOUND.findall(line)] for line in output.splitlines()]


def _lines(rows: Sequence[Sequence[int]]) -> str:
    return "".join(" ".join(map(str, row)) + "\n" for row in rows)


def _run(command: Sequence[str], text: str | None = None) -> str:
    """Run a program and return its output.

    Raises:
        ConfigError: It failed. The message is its last line.
    """
    result = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if result.returncode:
        *_, last = ["no message", *result.stderr.split("\n")[-6:]]
        raise ConfigError(f"{Path(command[0]).name} failed: {last or result.stderr.strip()[-300:]}")
    return result.stdout
