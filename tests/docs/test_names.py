"""The names in the documentation exist: commands, options, settings, Python names, modules and files.

Superseded decisions are exempt, because they describe the code of their time.
"""

import importlib
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.main

from seqnlp.cli.generated import ModelCommand, command_app, with_options
from seqnlp.cli.main import app
from seqnlp.tasks.registry import get_task, task_names
from seqnlp.training.backend import load_tensorflow
from tests.docs.test_blocks import PAGES, ROOT, read_blocks

CHECKED = [
    path
    for path in (*PAGES, ROOT / "CHANGELOG.md")
    if ":Status: Superseded" not in path.read_text(encoding="utf-8")
]
GUIDES = {
    "tagging": "tagger",
    "classification": "classifier",
    "translation": "translator",
    "parsing": "parser",
    "tree-classification": "tree-classifier",
    "language-models": "language-model",
    "pre-training": "tagger",
}
"""The task of each guide."""
EXAMPLE_TASK = "forecaster"
"""The task of `examples/forecasting`, which is another distribution."""
METADATA = {f"seqnlp.{key}" for key in ("format", "task", "spec", "facts", "provenance")}
"""Metadata keys of model files. They look like Python names."""

_INLINE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_SETTING = re.compile(r"((?:data|format|training|text|network)\.(?!png)\w+)(=.*)?")
_QUOTED_SETTING = re.compile(r"[\"']((?:data|format|training|text|network)\.\w+)[=\"']")
_OVERRIDE = re.compile(r"--set[ =]([\w.]+)=")
_PYTHON = re.compile(r"(?<![\w./-])seqnlp(?:\.[A-Za-z_]\w*)+")
_MODULE = re.compile(r"python -m ((?:benchmarks|tools)[\w.]*)")
_FILE = re.compile(r"(?:seqnlp|export|corpora|cli|benchmarks|tools|tests|docs|examples)/[\w./-]+")
_OPERATORS = {"|", "&&", ";", ">", "<"}
_PLACEHOLDER = re.compile(r"[A-Z]+")


@dataclass(frozen=True)
class Page:
    """The code of a page.

    Attributes:
        text: The whole page.
        inline: The inline code, each on one line.
        blocks: The kind and the text of each fenced block.
    """

    text: str
    inline: tuple[str, ...]
    blocks: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, text: str) -> "Page":
        """Find the code of a page."""
        blocks, prose = list(read_blocks(text)), text.splitlines()
        for block in blocks:
            for number in range(block.first - 2, block.first + len(block.lines)):
                prose[number] = ""
        paragraphs = re.split(r"\n\s*\n", "\n".join(prose))
        inline = [" ".join(match[2].split()) for each in paragraphs for match in _INLINE.finditer(each)]
        return cls(text, tuple(inline), tuple((block.kind, block.text) for block in blocks))

    def code(self) -> Iterator[str]:
        """Yield the inline code and the blocks."""
        yield from self.inline
        for _, text in self.blocks:
            yield text

    def commands(self) -> Iterator[list[str]]:
        """Yield the words of each `seqnlp` command."""
        for code in self.inline:
            words = code.split(" ")
            if words[0] == "seqnlp" and len(words) > 1:
                yield words
            elif words[0] in verbs() and any(word.startswith("--") for word in words):
                yield ["seqnlp", *words]
        for kind, text in self.blocks:
            if kind in ("console", "text"):
                yield from _commands_in_block(text, "$ " if kind == "console" else "")


def _commands_in_block(text: str, prompt: str) -> Iterator[list[str]]:
    for each in re.sub(r"\\\n\s*", "", text).splitlines():
        line = each.removeprefix(prompt)
        if not each.startswith(prompt) or not re.match(r"(?:\S+ .*\| )?seqnlp ", line):
            continue
        lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
        lexer.whitespace_split = True
        words: list[str] = []
        for word in [*lexer, "|"]:
            if word not in _OPERATORS:
                words.append(word)
                continue
            if words[:1] == ["seqnlp"]:
                yield words
            words = []


@cache
def _main() -> tuple[Any, Any]:
    command = typer.main.get_command(app)
    return command, command.context_class(command, info_name="seqnlp")


@cache
def verbs() -> dict[str, Any]:
    """The commands by name."""
    command, context = _main()
    return {name: command.get_command(context, name) for name in command.list_commands(context)}


def _names(command: Any) -> set[str]:
    _, context = _main()
    return {name for each in command.get_params(context) for name in each.opts if name.startswith("--")}


@cache
def subcommands(verb: str) -> dict[str, Any]:
    """The tasks of `train` and `prepare`, and the subcommands of `corpora`."""
    command, (_, context) = verbs()[verb], _main()
    if not hasattr(command, "list_commands"):
        return {}
    return {name: command.get_command(context, name) for name in command.list_commands(context)}


@cache
def options(verb: str, name: str | None = None) -> frozenset[str]:
    """The options of a command.

    Args:
        verb: The command.
        name: Its subcommand or task; None for the options of all.
    """
    command = verbs()[verb]
    found = {"--help", *_names(command)}
    if name is not None:
        return frozenset(found | _names(subcommands(verb)[name]))
    for each in subcommands(verb).values():
        found |= _names(each)
    if isinstance(command, ModelCommand):
        for task in task_names():
            added = with_options(lambda **values: None, type(command).options_of(get_task(task)))
            found |= _names(typer.main.get_command(command_app(added)))
    return frozenset(found)


@cache
def all_options() -> frozenset[str]:
    """The options of all commands."""
    found = frozenset(_names(_main()[0]))
    return found.union(*map(options, verbs()))


@cache
def settings(task: str | None = None) -> dict[str, Any]:
    """The defaults of the settings of a task, or of all tasks, by full name."""
    names = task_names() if task is None else [task]
    return {
        setting.key: setting.default for name in names for setting in get_task(name).settings().describe()
    }


def check_command(words: list[str]) -> Iterator[str]:
    """Yield what does not exist in the words of a command."""
    _, verb, *rest = words
    given = [word.partition("=")[0] for word in rest if word.startswith("--")]
    overrides = dict.fromkeys(_OVERRIDE.findall(" ".join(rest)))
    if verb.startswith("--") or _PLACEHOLDER.fullmatch(verb):
        yield from sorted({*given, *([verb] if verb.startswith("--") else [])} - all_options())
        return
    if verb not in verbs():
        yield f"seqnlp {verb}"
        return
    known = subcommands(verb)
    name = rest[0] if known and rest and rest[0] != EXAMPLE_TASK else None
    if name is not None and (name.startswith("-") or _PLACEHOLDER.fullmatch(name)):
        name = None
    if name is not None and name not in known:
        yield f"seqnlp {verb} {name}"
        return
    yield from sorted(set(given) - options(verb, name))
    task = name if name in task_names() else None
    yield from sorted(overrides.keys() - settings(task).keys())


def find_unknown(page: Page) -> list[str]:
    """Return the names on a page that do not exist."""
    return [
        *(f"{name} in `{' '.join(words)}`" for words in page.commands() for name in check_command(words)),
        *(code for code in page.inline if not all(check(code) for check in _CHECKS)),
        *(name for code in page.code() for name in _settings_in(code) if name not in settings()),
        *(f"python -m {name}" for code in page.code() for name in _MODULE.findall(code) if not _runs(name)),
        *(name for name in sorted(set(_PYTHON.findall(page.text)) - METADATA) if not exists(name)),
    ]


def _is_option(code: str) -> bool:
    return not code.startswith("--") or re.split("[ =]", code)[0] in all_options()


def _is_setting(code: str) -> bool:
    found = _SETTING.fullmatch(code)
    return found is None or found[1] in settings()


def _is_file(code: str) -> bool:
    return not _FILE.fullmatch(code) or "NAME" in code or (ROOT / code).exists()


_CHECKS = (_is_option, _is_setting, _is_file)
"""Each returns whether inline code is right, or is something else than the check is about."""


def _settings_in(code: str) -> list[str]:
    """Return the settings that options and quoted keys name."""
    return [*_OVERRIDE.findall(code), *_QUOTED_SETTING.findall(code)]


def _runs(module: str) -> bool:
    path = ROOT / module.replace(".", "/")
    return path.with_suffix(".py").exists() or (path / "__main__.py").exists()


def exists(name: str) -> bool:
    """Return whether a Python name can be imported, or is an attribute of something that can."""
    load_tensorflow()  # without its log messages, before layers are imported
    parts = name.split(".")
    found: Any = importlib.import_module(parts[0])
    for number, part in enumerate(parts[1:], 2):
        if hasattr(found, part):
            found = getattr(found, part)
            continue
        try:
            found = importlib.import_module(".".join(parts[:number]))
        except ModuleNotFoundError:
            return part in getattr(found, "__annotations__", {})
    return True


def read_defaults(page: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the default of each row in the tables of settings of a page."""
    inside = False
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if cells[:2] == ["setting", "default"]:
            inside = True
        elif not cells:
            inside = False
        elif inside and not set(cells[0]) <= {"-", ":"}:
            yield cells[0].strip("`"), cells[1]


def is_default(cell: str, value: Any) -> bool:
    """Return whether a cell of a table states a default. Words describe one that depends on the data."""
    if value is None:
        return not cell.startswith("`")
    return cell == f"`{str(value).lower() if isinstance(value, bool) else value}`"


@pytest.mark.parametrize("path", CHECKED, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_names_on_a_page_exist(path: Path) -> None:
    assert find_unknown(Page.parse(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("guide", GUIDES)
def test_the_tables_of_settings_state_the_defaults(guide: str) -> None:
    page = (ROOT / "docs" / "guides" / f"{guide}.md").read_text(encoding="utf-8")
    rows, known = list(read_defaults(page)), settings(GUIDES[guide])
    assert rows
    assert [name for name, _ in rows if name not in known] == []
    assert [(name, cell, known[name]) for name, cell in rows if not is_default(cell, known[name])] == []


KNOWN = """\
Run `seqnlp train tagger --corpus NAME`, `seqnlp predict MODEL --explain` or `--tag-column`. The setting
`network.units=100`, the class `seqnlp.Tagger`, the field `seqnlp.records.Span.label`, the key `seqnlp.spec`
and the file `seqnlp/records.py` exist.

```console
$ cat a.txt | seqnlp predict runs/a --output-format text
$ seqnlp train parser --set network.search=greedy \\
    --output runs/b
$ python -m benchmarks.quality tagging
```
"""


def test_known_names_are_found() -> None:
    assert find_unknown(Page.parse(KNOWN)) == []


@pytest.mark.parametrize(
    "text",
    [
        "`seqnlp fly`",
        "`seqnlp train juggler`",
        "`seqnlp train tagger --label-separator ,`",
        "`seqnlp corpora show --wings`",
        "`predict --wings`",
        "`--wings`",
        "`network.wings`",
        "`seqnlp.records.Wing`",
        "`seqnlp/wings.py`",
        "```console\n$ cat a | seqnlp predict runs/a \\\n    --wings 2\n```",
        "```console\n$ seqnlp train tagger --set network.search=greedy\n```",
        "```console\n$ python -m benchmarks.wings\n```",
        '```python\nseqnlp.train("tagger", settings={"network.wings": 2})\n```',
    ],
)
def test_a_made_up_name_is_reported(text: str) -> None:
    assert find_unknown(Page.parse(f"{text}\n"))


def test_a_wrong_default_is_reported() -> None:
    rows = list(read_defaults("| setting | default |\n|---|---|\n| `network.units` | `7` |\n"))
    assert rows == [("network.units", "`7`")]
    assert not is_default("`7`", 200)
    assert is_default("`true`", True)
    assert is_default("20, more for a small corpus", None)
