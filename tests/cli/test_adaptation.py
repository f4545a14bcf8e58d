"""`seqnlp evaluate --adapt`."""

import json
from pathlib import Path

from tests.seqnlp.tasks.language_modelling.conftest import LINES, train


def test_only_an_evaluation_adapts(cli, tmp_path: Path) -> None:
    run, data = train(tmp_path / "run", epochs=1).path, tmp_path / "text.txt"
    data.write_text(LINES[0])
    result = cli("evaluate", run, "--data", data, "--adapt", "cache", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["cache"]["perplexity"] > 1
    assert cli("predict", run, "a", "--adapt", "cache").exit_code == 2
    assert cli("evaluate", run, "--data", data, "--adapt", "all").exit_code == 2
