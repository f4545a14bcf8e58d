"""The command as a whole: verbs, help and errors."""

import subprocess
import sys
from pathlib import Path

import pytest

import seqnlp
from seqnlp.cli.main import VERBS
from seqnlp.tasks.registry import task_names


def test_the_version_is_shown(process) -> None:
    result = process("--version")
    assert (result.returncode, result.stdout, result.stderr) == (0, f"seqnlp {seqnlp.__version__}\n", "")


def test_help_lists_all_verbs(cli) -> None:
    for arguments in (["--help"], ["-h"]):
        result = cli(*arguments)
        assert (result.exit_code, result.stderr) == (0, "")
        words = result.stdout.split()
        assert all(verb in words for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(cli, verb: str) -> None:
    result = cli(verb, "--help")
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"{verb} [OPTIONS]" in result.stdout


@pytest.mark.parametrize("verb", ["train", "prepare"])
def test_a_verb_without_a_task_shows_the_tasks(cli, verb: str) -> None:
    result = cli(verb)
    assert (result.exit_code, result.stderr) == (2, "")
    assert f"{verb} [OPTIONS] COMMAND" in result.stdout
    assert set(task_names()) <= set(result.stdout.split())
    assert "--install-completion" not in result.stdout


@pytest.mark.parametrize("task", task_names())
@pytest.mark.parametrize("verb", ["train", "prepare"])
def test_every_task_has_help(cli, verb: str, task: str) -> None:
    result = cli(verb, task, "--help")
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"{verb} {task} [OPTIONS]" in result.stdout
    assert "--train" in result.stdout.split()


def test_no_verb_shows_the_help(cli) -> None:
    result = cli()
    assert "predict" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["predit"], "No such command 'predit'"),
        (["--colour"], "No such option: --colour"),
        (["predict"], "Missing argument 'MODEL'"),
        (["init"], "Missing argument 'TASK'"),
        (["train", "cook"], "No such command 'cook'"),
        (["train", "tagger", "--seed"], "--seed"),
        (["train", "tagger", "--seed", "x"], "--seed"),
        (["prepare", "tagger"], "Missing option '--output'"),
        (["export", "run", "--output", "x", "--precision", "fp8"], "'fp8'"),
        (["corpora", "sow"], "No such command 'sow'"),
        (["evaluate", "model", "--data"], "--data"),
    ],
)
def test_usage_errors_are_one_line(complaint, arguments: list[str], message: str) -> None:
    line = complaint(*arguments)
    assert message in line
    assert line.endswith("--help)")


def test_a_misspelled_verb_or_task_is_corrected(complaint) -> None:
    assert "predict" in complaint("predit")
    assert "tagger" in complaint("train", "taggr")


@pytest.mark.parametrize("verb", ["train", "init"])
def test_without_the_extra_one_line_names_what_to_install(verb: str, tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "sys.modules['tomlkit'] = None\n"  # like a package that is not installed
        "from seqnlp.cli.main import main\n"
        f"sys.argv[1:] = ['{verb}', 'tagger']\n"
        "main()\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert (result.returncode, result.stdout) == (2, "")
    assert (
        result.stderr
        == "error: this needs tomlkit; install seqnlp with its extra: pip install -e '.[train]'\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_missing_module_of_seqnlp_stays_loud(monkeypatch, cli) -> None:
    monkeypatch.setitem(sys.modules, "seqnlp.tasks.tagging.settings", None)
    with pytest.raises(ModuleNotFoundError, match=r"seqnlp\.tasks\.tagging\.settings"):
        cli("init", "tagger")


def test_a_programming_error_stays_loud(monkeypatch, cli) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("seqnlp.tasks.tagging.settings.TaggerSettings.to_toml", broken)
    with pytest.raises(ZeroDivisionError):
        cli("init", "tagger")


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["init", "tagger"], ["tokenize", "Ada"]])
def test_a_full_disk_is_one_line(process, arguments: list[str]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("w") as full:
        result = process(*arguments, stdout=full)
    assert (result.returncode, result.stderr) == (2, "error: No space left on device\n")


@pytest.mark.parametrize("arguments", ["--version", "init tagger", "tokenize Ada"])
def test_a_closed_pipe_is_not_an_error(arguments: str) -> None:
    command = f"{sys.executable} -m seqnlp.cli.main {arguments} | true; exit ${{PIPESTATUS[0]}}"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
