"""The example notebook runs, and it is stored with its outputs."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "examples" / "tagging.ipynb"

Outputs = list[list[tuple[str, list[str]]]]


@pytest.fixture(scope="module")
def stored() -> Any:
    return nbformat.read(NOTEBOOK, as_version=4)


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The notebook, executed in an empty directory."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    resources = {"metadata": {"path": str(tmp_path_factory.mktemp("notebook"))}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        NotebookClient(notebook, timeout=300, resources=resources).execute()
    return notebook


def outputs_of(notebook: Any) -> Outputs:
    """Return the kind and the formats of each output of each code cell."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [[(each.output_type, sorted(each.get("data", {}))) for each in cell.outputs] for cell in cells]


def test_the_notebook_runs_and_has_the_outputs_that_are_stored(stored: Any, executed: Any) -> None:
    assert outputs_of(executed) == outputs_of(stored)


def test_scores_are_tables_and_entities_are_highlighted(stored: Any, executed: Any) -> None:
    for notebook in (stored, executed):
        pages = "".join(
            output.data["text/html"]
            for cell in notebook.cells
            for output in cell.get("outputs", [])
            if "text/html" in output.get("data", {})
        )
        assert "<table>" in pages
        assert "<mark" in pages
        assert "Lisbon <small>LOC</small>" in pages


def test_the_stored_outputs_name_no_path_of_a_machine(stored: Any) -> None:
    text = nbformat.writes(stored)
    assert str(ROOT) not in text
    assert "/home/" not in text
