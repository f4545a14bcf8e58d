"""Who may import whom: cli -> export -> seqnlp <- corpora <- cli; and predicting needs no TensorFlow."""

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = {
    "seqnlp": ROOT / "seqnlp",
    "seqnlp.cli": ROOT / "cli",
    "seqnlp.corpora": ROOT / "corpora",
    "seqnlp.export": ROOT / "export",
}
HEAVY = {"tensorflow", "tensorflow_text", "keras", "nltk", "onnx", "tf2onnx"}
SLOW = HEAVY | {"matplotlib", "pydantic"}
PREDICTING = (
    "seqnlp/__init__.py",
    "seqnlp/errors.py",
    "seqnlp/records.py",
    "seqnlp/text/schemes.py",
    "seqnlp/text/tokenizers/**/*.py",
    "seqnlp/text/sentences.py",
    "seqnlp/text/vocabulary.py",
    "seqnlp/data/batching.py",
    "seqnlp/data/words.py",
    "seqnlp/trees/*.py",
    "seqnlp/tasks/*/codec.py",
    "seqnlp/tasks/*/model.py",
    "seqnlp/tasks/*/prediction.py",
    "seqnlp/serving/*.py",
    "seqnlp/metrics/*.py",
    "cli/predict.py",
    "cli/inspect.py",
    "cli/options.py",
    "cli/tokenize.py",
)


def modules() -> dict[str, Path]:
    """All modules of the project by name; a package stands for its `__init__`."""
    found = {}
    for package, folder in FOLDERS.items():
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            found[".".join([package, *parts]).removesuffix(".__init__")] = path
    return found


MODULES = modules()
PACKAGES = {name for name, path in MODULES.items() if path.name == "__init__.py"}
PREDICTING_PATHS = {path for pattern in PREDICTING for path in ROOT.glob(pattern)}
PREDICTING_MODULES = [name for name, path in MODULES.items() if path in PREDICTING_PATHS]


def nodes(tree: ast.AST, functions: bool, types: bool) -> Iterator[ast.AST]:
    """Walk a tree, into functions and into `if TYPE_CHECKING:` only where asked."""
    for child in ast.iter_child_nodes(tree):
        if not functions and isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if not types and isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from nodes(child, functions, types)


def imported(source: str, package: str, functions: bool = True, types: bool = False) -> set[str]:
    """The absolute names that a module imports; `from a import b` gives `a` and `a.b`.

    Args:
        source: The module's text.
        package: The package that relative imports start from.
        functions: Whether imports inside functions count.
        types: Whether imports for the type checker only count.
    """
    names: set[str] = set()
    for node in nodes(ast.parse(source), functions, types):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            names.update({base, *(f"{base}.{alias.name}" for alias in node.names)})
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            names.update(
                argument.value
                for argument in node.args[:1]
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            )
    return names


@cache
def imports_of(module: str, functions: bool = True, types: bool = False) -> frozenset[str]:
    package = module if module in PACKAGES else module.rpartition(".")[0]
    return frozenset(imported(MODULES[module].read_text("utf-8"), package, functions, types))


def loaded_by(module: str) -> set[str]:
    """The project's modules that are loaded when one is: itself, what it imports on top, their packages."""
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in MODULES and name not in seen:
            seen.add(name)
            waiting.extend(imports_of(name, functions=False))
            waiting.append(name.rpartition(".")[0])
    return seen


def within(name: str, packages: Iterable[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def of_package(package: str) -> list[str]:
    inner = [other for other in FOLDERS if other.startswith(f"{package}.")]
    return [name for name in MODULES if within(name, [package]) and not within(name, inner)]


def heavy(names: Iterable[str], which: set[str] = HEAVY) -> set[str]:
    return {name for name in names if name.partition(".")[0] in which}


STARTING = ["seqnlp", *(name for name in MODULES if within(name, ("seqnlp.cli.main", "seqnlp.serving")))]


CORE, ABOVE = [], []
for name in of_package("seqnlp"):
    (ABOVE if within(name, ("seqnlp.tasks", "seqnlp.comparison")) else CORE).append(name)


@pytest.mark.parametrize("module", CORE)
def test_the_core_imports_no_engine(module: str) -> None:
    others = ("seqnlp.cli", "seqnlp.corpora", "seqnlp.export")
    assert not [name for name in imports_of(module, types=True) if within(name, others)]


ALLOWED = {"seqnlp": {"seqnlp.tasks"}, "seqnlp.metrics.parseval": {"seqnlp.tasks.parsing.constituents"}}
"""The public names of the package, and what scores of parsers still take from their task."""


@pytest.mark.parametrize("module", CORE)
def test_the_core_imports_no_task(module: str) -> None:
    found = {
        name for name in imports_of(module, types=True) & MODULES.keys() if within(name, ["seqnlp.tasks"])
    }
    assert all(within(name, ALLOWED.get(module, set())) for name in found - {"seqnlp.tasks"})


@pytest.mark.parametrize("module", ABOVE)
def test_tasks_do_not_import_the_command_line(module: str) -> None:
    assert not [name for name in imports_of(module, types=True) if within(name, ["seqnlp.cli"])]


TASK_FOLDERS = sorted(
    {name.split(".")[2] for name in MODULES if name.count(".") > 2 and within(name, ["seqnlp.tasks"])}
)
SHARED = {
    "seqnlp.tasks.tree_classification": {"seqnlp.tasks.classification.choice"},
}
"""What a task still takes from another."""


@pytest.mark.parametrize("folder", TASK_FOLDERS)
def test_a_task_imports_no_other_task(folder: str) -> None:
    own = f"seqnlp.tasks.{folder}"
    others = [f"seqnlp.tasks.{other}" for other in TASK_FOLDERS if other != folder]
    for module in of_package(own):
        found = {name for name in imports_of(module, types=True) & MODULES.keys() if within(name, others)}
        assert found <= SHARED.get(own, set()), module


@pytest.mark.parametrize("module", of_package("seqnlp.corpora"))
def test_corpora_know_records_their_text_and_errors_only(module: str) -> None:
    ours = {name for name in imports_of(module, types=True) if within(name, ["seqnlp"])}
    known = (
        *("seqnlp.corpora", "seqnlp.errors", "seqnlp.metrics.report", "seqnlp.records", "seqnlp.text"),
        "seqnlp.trees",
    )
    assert not {name for name in ours if not within(name, known)}


@pytest.mark.parametrize("module", of_package("seqnlp.export"))
def test_export_knows_the_library_only(module: str) -> None:
    assert not [
        name for name in imports_of(module, types=True) if within(name, ("seqnlp.cli", "seqnlp.corpora"))
    ]


@pytest.mark.parametrize("module", PREDICTING_MODULES)
def test_what_predicts_imports_nothing_heavy(module: str) -> None:
    """Neither itself, in a function or on top, nor through what it imports."""
    assert not heavy(imports_of(module))
    for reached in {module, *imports_of(module)} & MODULES.keys():
        for loaded in loaded_by(reached):
            assert not heavy(imports_of(loaded, functions=False)), f"{module} loads {loaded}"


@pytest.mark.parametrize("module", STARTING)
def test_starting_loads_nothing_slow(module: str) -> None:
    for loaded in loaded_by(module):
        assert not heavy(imports_of(loaded, functions=False), SLOW), f"{module} loads {loaded}"


def test_a_fresh_interpreter_loads_nothing_slow() -> None:
    code = f"import sys, {', '.join(STARTING)}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert "seqnlp" in loaded
    assert not loaded & SLOW


def test_every_folder_is_read() -> None:
    assert FOLDERS.keys() <= MODULES.keys()
    assert {"seqnlp.records", "seqnlp.text.schemes", "seqnlp.metrics.spans"} <= set(PREDICTING_MODULES)


SNIPPET = """
import os.path, onnx as o
from . import sibling
from ..upper.deep import thing
if TYPE_CHECKING:
    import typed
class Holder:
    import inside_class
def function():
    from keras import layers
    return importlib.import_module("lazily.named")
"""


@pytest.mark.parametrize(
    ("functions", "types", "more"),
    [
        (False, False, set()),
        (False, True, {"typed"}),
        (True, False, {"keras", "keras.layers", "lazily.named"}),
    ],
)
def test_imports_are_read_from_source(functions: bool, types: bool, more: set[str]) -> None:
    always = {"os.path", "onnx", "a.b", "a.b.sibling", "a.upper.deep", "a.upper.deep.thing", "inside_class"}
    assert imported(SNIPPET, "a.b", functions, types) == always | more
    assert heavy(["onnx.helper", "onnxruntime", "keras"]) == {"onnx.helper", "keras"}
