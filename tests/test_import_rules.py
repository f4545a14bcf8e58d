"""The import graph: cli -> tasks -> export, corpora -> core; no cycle; and serving needs no TensorFlow."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from seqnlp.tasks.registry import get_task, task_names

ROOT = Path(__file__).parents[1]
FOLDERS = {
    "seqnlp": ROOT / "seqnlp",
    "seqnlp.cli": ROOT / "cli",
    "seqnlp.corpora": ROOT / "corpora",
    "seqnlp.export": ROOT / "export",
}
HEAVY = {"tensorflow", "tensorflow_text", "keras", "nltk", "onnx", "tf2onnx", "pydantic"}
SLOW = HEAVY | {"matplotlib"}
ENGINES = ("seqnlp.cli", "seqnlp.corpora", "seqnlp.export")
TASKS = "seqnlp.tasks"


def modules() -> dict[str, Path]:
    """Return the files of all modules of the project by name. A package has its `__init__`."""
    found = {}
    for package, folder in FOLDERS.items():
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            found[".".join([package, *parts]).removesuffix(".__init__")] = path
    return found


MODULES = modules()
PACKAGES = {name for name, path in MODULES.items() if path.name == "__init__.py"}


def nodes(tree: ast.AST, functions: bool, types: bool) -> Iterator[ast.AST]:
    """Walk a tree. Functions and `if TYPE_CHECKING:` are optional."""
    for child in ast.iter_child_nodes(tree):
        if not functions and isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if not types and isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from nodes(child, functions, types)


def imported(source: str, package: str, functions: bool = True, types: bool = False) -> set[str]:
    """Return the absolute names that a module imports. `from a import b` gives `a` and `a.b`.

    Args:
        source: The text of the module.
        package: The package of relative imports.
        functions: Whether to include imports inside functions.
        types: Whether to include imports for type checkers only.
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
    """Return a module, the project's modules that it loads at module level, and their packages."""
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


CORE = [name for name in of_package("seqnlp") if not within(name, (TASKS, "seqnlp.comparison"))]
TASK_FOLDERS = sorted(
    {name.split(".")[2] for name in MODULES if name.startswith(f"{TASKS}.") and name.count(".") > 2}
)
TASK_NAMES = [name for name in task_names() if get_task(name).__module__ in MODULES]


def test_every_folder_is_read() -> None:
    assert FOLDERS.keys() <= MODULES.keys()
    assert len(TASK_NAMES) == len(TASK_FOLDERS) == 6
    assert len(CORE) > 80


@pytest.mark.parametrize("module", CORE)
def test_the_core_imports_no_engine_and_no_task(module: str) -> None:
    found = imports_of(module, types=True)
    above = ("seqnlp.comparison",) if module == "seqnlp" else (*ENGINES, TASKS, "seqnlp.comparison")
    assert not {name for name in found & MODULES.keys() if within(name, above)}


@pytest.mark.parametrize("engine", ["seqnlp.corpora", "seqnlp.export"])
def test_an_engine_imports_neither_a_task_nor_the_other_engine(engine: str) -> None:
    above = [name for name in (*ENGINES, TASKS, "seqnlp.comparison") if name != engine]
    for module in of_package(engine):
        assert not [name for name in imports_of(module, types=True) if within(name, above)], module


def test_nothing_imports_the_command_line() -> None:
    for module in MODULES.keys() - set(of_package("seqnlp.cli")):
        assert not [name for name in imports_of(module, types=True) if within(name, ["seqnlp.cli"])], module


@pytest.mark.parametrize("module", [*of_package("seqnlp.cli"), *of_package("seqnlp.comparison")])
def test_the_command_line_imports_no_single_task(module: str) -> None:
    folders = [f"{TASKS}.{folder}" for folder in TASK_FOLDERS]
    assert not [name for name in imports_of(module, types=True) if within(name, folders)]


FRAME = [
    name for name in of_package(TASKS) if name.count(".") == 2 and name.split(".")[2] not in TASK_FOLDERS
]


@pytest.mark.parametrize("module", FRAME)
def test_the_frame_imports_no_single_task(module: str) -> None:
    folders = [f"{TASKS}.{folder}" for folder in TASK_FOLDERS]
    assert not [name for name in imports_of(module, types=True) if within(name, folders)]


@pytest.mark.parametrize("folder", TASK_FOLDERS)
def test_a_task_imports_no_other_task(folder: str) -> None:
    others = [f"{TASKS}.{other}" for other in TASK_FOLDERS if other != folder]
    for module in of_package(f"{TASKS}.{folder}"):
        assert not [name for name in imports_of(module, types=True) if within(name, others)], module


def test_there_is_no_import_cycle() -> None:
    """Imports at module level, of modules and of their packages."""
    graph = {name: imports_of(name, functions=False) & MODULES.keys() for name in MODULES}
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join([*path, name])
        if name not in done:
            for other in sorted(graph[name] - {name}):
                visit(other, (*path, name))
            done.add(name)

    for name in sorted(graph):
        visit(name, ())


def words_of(module: str) -> set[str]:
    """Return the lower-case words in the names and strings of a module, without docstrings and comments."""
    tree = ast.parse(MODULES[module].read_text("utf-8"))
    texts: list[str] = []
    for node in ast.walk(tree):
        for _, value in ast.iter_fields(node):
            values = value if isinstance(value, list) else [value]
            documents = isinstance(node, ast.Expr)
            texts += [each for each in values if isinstance(each, str) and not documents]
    docstrings = {
        node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return {word for text in texts if text not in docstrings for word in re.split(r"[^a-z-]+", text.lower())}


@pytest.mark.parametrize(
    "module",
    [
        name
        for name in [*CORE, *FRAME, *(each for engine in ENGINES for each in of_package(engine))]
        if name not in ("seqnlp", "seqnlp.tasks.registry") and not within(name, ["seqnlp.corpora.catalogue"])
    ],
)
def test_no_task_is_named_outside_its_folder(module: str) -> None:
    """Exceptions are the registry, the public names of the package and the catalogue of corpora."""
    of_onnx = {"parser"} if "onnx.parser" in imports_of(module) else set()
    assert not words_of(module) & set(TASK_NAMES) - of_onnx


SERVING = sorted(
    {
        *("seqnlp", "seqnlp.cli.main", "seqnlp.cli.predict", "seqnlp.cli.evaluate", "seqnlp.cli.inspect"),
        *("seqnlp.cli.tokenize", "seqnlp.tasks.loading", "seqnlp.tasks.evaluation"),
        *(
            name
            for name in MODULES
            if within(name, ("seqnlp.serving", "seqnlp.metrics", "seqnlp.text.tokenizers"))
        ),
        *(
            module
            for name in TASK_NAMES
            for task in [get_task(name)]
            for module in (
                type(task).__module__,
                *(each.__module__ for each in (task.model(), task.codec(), task.predict_options())),
            )
        ),
    }
)
"""The modules that serving, evaluation and their commands start from."""


@pytest.mark.parametrize("module", SERVING)
def test_what_serves_loads_nothing_heavy(module: str) -> None:
    for loaded in loaded_by(module):
        assert not heavy(imports_of(loaded, functions=False), SLOW), f"{module} loads {loaded}"


def test_a_fresh_interpreter_serves_without_anything_heavy() -> None:
    code = f"import sys, {', '.join(SERVING)}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert "seqnlp" in loaded
    assert not loaded & SLOW


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
