"""N-gram models of KenLM, and the table that compares them with a language model."""

import math
import shutil
from pathlib import Path

import pytest

from benchmarks.kneser_ney import KenLm
from benchmarks.language_models import Trained, report
from seqnlp.errors import ConfigError
from seqnlp.training.run_directory import RunDirectory
from tests.seqnlp.tasks.language_modelling.conftest import train

TRAIN = [[3, 4, 3, 5, 3, 4], [4, 4, 3], [5, 3, 4, 3, 3], [3]]


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Return a folder with programs that write as KenLM does, with a fixed probability of each token."""
    folder = tmp_path / "bin"
    folder.mkdir()
    scripts = {
        "lmplz": 'while [ $# -gt 1 ]; do [ "$1" = --order ] && order=$2; [ "$1" = --arpa ] && arpa=$2; '
        'shift; done; echo "$order" > "$arpa"; exit $((order > 5))',
        "query": 'order=$(cat "$5"); while read -r line; do for token in $line; do '
        'printf "%s=7 1 -0.%s\\t" "$token" "$order"; done; printf "</s>=2 1 -1\\tTotal: -9 OOV: 0\\n"; done',
    }
    for name, script in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return folder


def test_tokens_and_ends_have_natural_logs(programs: Path) -> None:
    first, second = KenLm(programs).score(TRAIN, 2, [[3, 4], []])
    assert first == pytest.approx([-0.2 * math.log(10)] * 2 + [-math.log(10)])
    assert second == pytest.approx([-math.log(10)])


def test_missing_and_failing_programs_are_one_line(programs: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="lmplz failed"):
        KenLm(programs).score(TRAIN, 9, TRAIN)
    with pytest.raises(ConfigError, match="lmplz of KenLM is not installed"):
        KenLm(tmp_path)


def test_the_table_has_the_same_tokens_for_both(programs: Path, tmp_path: Path) -> None:
    run = Trained(RunDirectory(train(tmp_path / "run", epochs=1).path))
    _, _, second, third, network, cache = report(run, KenLm(programs), [2, 3], ["cache"]).splitlines()
    tokens = sum(map(len, run.rows("dev")))
    nats = (0.2 * tokens + len(run.rows("dev"))) * math.log(10) / (tokens + len(run.rows("dev")))
    assert second.split(" | ")[:3] == ["| **Kneser-Ney, order 2**", f"{nats:.4f}", f"{nats:.4f}"]
    assert third.startswith("| Kneser-Ney, order 3 |")
    score = run.directory.read_metrics()["dev"]["nats_per_token"]
    assert network.split(" | ")[:3] == ["| seqnlp", f"{score:.4f}", f"{score:.4f}"]
    assert cache.startswith("| with a neural cache |")


@pytest.mark.skipif(shutil.which("lmplz") is None, reason="KenLM is not installed")
def test_probabilities_of_kenlm_add_up_to_one() -> None:
    """The last text has the unknown token 9, and every text has the end after its first token."""
    texts = [[3, token] for token in (3, 4, 5, 9)] + [[3]]
    found = KenLm().score(TRAIN, 3, texts)
    assert sum(math.exp(row[1]) for row in found) == pytest.approx(1, abs=1e-4)
