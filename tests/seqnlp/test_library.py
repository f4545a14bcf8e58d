"""The library as users see it: a short script, and type checks of the README's example."""

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import seqnlp

ROOT = Path(__file__).parents[2]

SCRIPT = """\
import multiprocessing, sys
from concurrent.futures import ProcessPoolExecutor
import seqnlp
if __name__ == "__main__":
    names = [seqnlp.TaggedSentence((name, "runs"), ("B-PER", "O")) for name in "Ada Bo Cy Di Ed Flo".split()]
    run = seqnlp.train("tagger", train=names * 5, epochs=6, output="run", quiet=True)
    print(run.metrics["dev"]["f1"], run.model("Ada runs.").entities)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        print(*pool.map(run.model, ["Flo runs."]))
    print([name for name in sys.modules if name.startswith(("seqnlp.cli", "typer"))])
"""


def test_ten_lines_train_and_tag_in_this_process_and_in_a_pool(tmp_path: Path) -> None:
    assert len(SCRIPT.splitlines()) == 10
    (tmp_path / "script.py").write_text(SCRIPT)
    command = [sys.executable, "script.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    first, second, loaded = done.stdout.splitlines()
    assert 0 <= float(first.split()[0]) <= 1
    assert "Flo runs." in second
    assert loaded == "[]"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The README's Python example as a script."""
    blocks = re.findall(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.S | re.M)
    assert blocks
    path = tmp_path_factory.mktemp("types") / "example.py"
    path.write_text("\n".join(blocks), encoding="utf-8")
    return path


# Pyright takes the interpreter on the path unless it is given one.
@pytest.mark.parametrize(
    "command",
    ["mypy --strict", f"basedpyright --level error --pythonpath {sys.executable}"],
    ids=["mypy", "pyright"],
)
def test_type_checkers_accept_the_example_of_the_readme(command: str, example: Path) -> None:
    checker, *options = command.split()
    arguments = [str(Path(sys.executable).with_name(checker)), *options, example.name]
    done = subprocess.run(arguments, cwd=example.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_stub_of_the_package_has_its_public_names() -> None:
    stub = ast.parse((ROOT / "seqnlp" / "__init__.pyi").read_text("utf-8"))
    imports = [node for node in stub.body if isinstance(node, ast.ImportFrom)]
    names = {alias.asname for node in imports for alias in node.names if alias.asname}
    assert names | {"__version__", "train"} == set(seqnlp.__all__)
    (options,) = [node for node in stub.body if isinstance(node, ast.ClassDef)]
    fields = [ast.unparse(node.target) for node in options.body if isinstance(node, ast.AnnAssign)]
    assert ["task", *fields] == list(inspect.signature(seqnlp.train).parameters)
