"""A translator from end to end: trained, resumed, evaluated, served."""

import json
import random
import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import sacrebleu

import seqnlp
from seqnlp.training.run_directory import RunDirectory

DIGITS = "zero one two three four five six seven eight nine".split()
SMALL = [
    "text.subwords=0",
    "network.dimension=24",
    "network.units=32",
    "network.dropout=0.1",
    "network.recurrent_dropout=0.0",
    "training.learning_rate=0.01",
    "training.buckets=2",
    "training.batch_tokens=256",
    "training.metric=chrf",
]


def pairs_of(seed: int, count: int) -> list[tuple[str, str]]:
    """Numbers in words, and in digits."""
    chance = random.Random(seed)
    numbers = [[chance.randrange(10) for _ in range(chance.randint(1, 4))] for _ in range(count)]
    return [(" ".join(DIGITS[each] for each in number), "".join(map(str, number))) for number in numbers]


def write(stem: Path, pairs: list[tuple[str, str]]) -> Path:
    for ending, side in zip(("words", "digits"), zip(*pairs, strict=True), strict=True):
        stem.with_suffix(f".{ending}").write_text("".join(f"{each}\n" for each in side), encoding="utf-8")
    return stem


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("corpus")
    return {
        "--train": write(folder / "train", pairs_of(1, 600)),
        "--dev": write(folder / "dev", pairs_of(2, 40)),
        "--test": write(folder / "test", pairs_of(3, 40)),
    }


def options(files: dict[str, Path], *more: object) -> list[object]:
    sets = [each for setting in SMALL for each in ("--set", setting)]
    paths = [each for pair in files.items() for each in pair]
    return ["train", "translator", *paths, "--pair=words-digits", *sets, *more]


@pytest.fixture(scope="module")
def run(files, tmp_path_factory) -> RunDirectory:
    from typer.testing import CliRunner

    from seqnlp.cli.main import app

    output = tmp_path_factory.mktemp("runs") / "run"
    arguments = [str(each) for each in options(files, "--epochs=8", "--output", output)]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return RunDirectory(output)


def lines_of(stem: Path, ending: str) -> list[str]:
    return stem.with_suffix(f".{ending}").read_text(encoding="utf-8").splitlines()


def test_it_learns_and_leaves_a_whole_run(run, files) -> None:
    metrics = json.loads(run.metrics.read_text(encoding="utf-8"))
    texts, wanted = (lines_of(files["--test"], ending) for ending in ("words", "digits"))
    found = [each.text for each in seqnlp.load(run.path).predict(texts)]
    assert np.mean([one == other for one, other in zip(found, wanted, strict=True)]) > 0.8
    assert metrics["test"]["chrf"] == pytest.approx(sacrebleu.corpus_chrf(found, [wanted]).score)
    assert metrics["test"]["bleu"] == pytest.approx(sacrebleu.corpus_bleu(found, [wanted]).score)
    assert metrics["test"]["pairs"] == 40
    card = run.card.read_text(encoding="utf-8")
    assert "A translator made with seqnlp" in card
    assert "2 GRU layer(s) of 32 units, general attention" in card
    assert run.attention.exists()
    assert run.curve.exists()


def test_lines_come_out_as_they_went_in(run, cli) -> None:
    lines = ["three one", "", "seven", "\u6f22\u5b57 \u0416", "nine nine nine"]
    result = cli("predict", run.path, "--output-format=text", stdin="\n".join(lines).encode() + b"\n")
    out = result.stdout.split("\n")
    assert len(out) == len(lines) + 1
    assert out[1] == ""
    assert out[:5] == [each.text for each in seqnlp.load(run.path).predict(lines)]


def test_several_hypotheses_in_falling_order(run, cli) -> None:
    found = json.loads(cli("predict", run.path, "four two", "--best=4", "--beam-size=4").stdout)
    scores = [each["score"] for each in found["hypotheses"]]
    assert len({each["translation"] for each in found["hypotheses"]}) == 4
    assert all(one >= other for one, other in pairwise(scores))
    assert found["translation"] == found["hypotheses"][0]["translation"]
    several = ("--best=4", "--beam-size=4", "--output-format=text")
    text = cli("predict", run.path, "four two", *several).stdout
    assert [line.split(maxsplit=1)[1] for line in text.splitlines() if line] == [
        each["translation"] for each in found["hypotheses"]
    ]


def test_what_a_search_is_told_holds(run, cli) -> None:
    short = json.loads(cli("predict", run.path, "one two three", "--maximum=2").stdout)["translation"]
    assert len(short) <= 2
    long = json.loads(cli("predict", run.path, "one", "--minimum=5").stdout)["translation"]
    assert len(long) >= 4
    once = cli("predict", run.path, "six six six six", "--no-repeat=1", "--show-attention").stdout
    pieces = json.loads(once)["pieces"]
    assert len(set(pieces)) == len(pieces)


def test_attention_is_shown(run, cli, tmp_path: Path) -> None:
    picture = tmp_path / "attention.png"
    options = ("--show-attention", "--picture", picture)
    found = json.loads(cli("predict", run.path, "five eight", *options).stdout)
    assert "".join(found["pieces"]).strip() == found["translation"]
    assert "".join(found["source_pieces"]).strip() == "five eight"
    assert np.shape(found["attention"]) == (len(found["pieces"]), len(found["source_pieces"]))
    np.testing.assert_allclose(np.sum(found["attention"], axis=1), 1, atol=2e-3)
    assert found["alignment"] == np.argmax(found["attention"], axis=1).tolist()
    assert picture.read_bytes().startswith(b"\x89PNG")
    text = cli("predict", run.path, "five", "--show-attention", "--output-format=text").stdout
    assert text.splitlines()[0] == seqnlp.load(run.path)("five").text
    assert [line[0] for line in text.splitlines() if line][-4:] == list("five")


def test_evaluation(run, files, cli) -> None:
    given = ("--data", files["--test"], "--pair=words-digits")
    found = json.loads(cli("evaluate", run.path, *given, "--json").stdout)
    metrics = json.loads(run.metrics.read_text(encoding="utf-8"))
    assert found == metrics["test"]
    shown = cli("evaluate", run.path, *given).stdout
    assert f"BLEU {found['bleu']:.2f}  nrefs:1|case:mixed" in shown
    assert f"perplexity of a piece {found['perplexity']:.3f}" in shown
    greedy = json.loads(cli("evaluate", run.path, *given, "--beam-size=1", "--json").stdout)
    assert greedy["perplexity"] == pytest.approx(found["perplexity"])


def test_the_perplexity_is_that_of_the_network(run, files) -> None:
    from seqnlp.tasks.task import load_settings, task_named

    task = task_named("translator")
    settings = load_settings("translator", run.config, None, {})
    prepared = task.prepare(settings)
    scorer = task.scorer(task.load(run.network), prepared, task.batches(prepared, settings))
    metrics = json.loads(run.metrics.read_text(encoding="utf-8"))
    assert metrics["dev"]["log_likelihood"] == pytest.approx(scorer.log_likelihood(), abs=1e-5)
    assert np.exp(-scorer.log_likelihood()) == pytest.approx(metrics["dev"]["perplexity"], rel=1e-4)


def test_prepared_is_trained_alike(run, files, cli, tmp_path: Path) -> None:
    paths = [each for pair in files.items() for each in pair]
    directory = tmp_path / "prepared"
    said = ["prepare", "translator", *paths, "--pair=words-digits", "--set=text.subwords=0"]
    report = json.loads(cli(*said, "--output", directory, "--json").stdout)
    assert report["parts"]["train"]["pairs"] == 600
    assert report["parts"]["dev"]["source"]["unknown"] == 0
    shown = cli(*said, "--output", tmp_path / "again").stdout
    assert "source pieces" in shown
    sets = [f"--set={each}" for each in SMALL if not each.startswith("text.")]
    output = tmp_path / "run"
    trained = cli("train", "translator", "--prepared", directory, *sets, "--epochs=8", "--output", output)
    assert trained.exit_code == 0
    found = json.loads(RunDirectory(output).metrics.read_text(encoding="utf-8"))
    assert found["test"] == json.loads(run.metrics.read_text(encoding="utf-8"))["test"]


def test_a_broken_run_is_resumed_to_the_same_result(run, files, cli, tmp_path: Path, monkeypatch) -> None:
    from seqnlp.tasks.translation.scoring import DevScorer

    class InterruptedRunError(Exception):
        pass

    score, calls = DevScorer.__call__, []

    def once_broken(self):
        calls.append(1)
        if len(calls) == 3:
            raise InterruptedRunError
        return score(self)

    monkeypatch.setattr(DevScorer, "__call__", once_broken)
    output = tmp_path / "broken"
    with pytest.raises(InterruptedRunError):
        cli(*options(files, "--epochs=8", "--output", output))
    assert cli("train", "translator", "--resume", "--output", output).exit_code == 0
    found = json.loads(RunDirectory(output).metrics.read_text(encoding="utf-8"))
    assert found["test"] == json.loads(run.metrics.read_text(encoding="utf-8"))["test"]


def test_export_makes_the_same_file_again(run, cli, tmp_path: Path) -> None:
    assert cli("export", run.path, "--output", tmp_path / "again.onnx").exit_code == 0
    one, other = (seqnlp.load(path)("eight four") for path in (run.path, tmp_path / "again.onnx"))
    assert one.to_dict() == other.to_dict()


def test_several_runs_make_one_file(run, files, cli, complaint, model, tmp_path: Path) -> None:
    other = tmp_path / "other"
    cli(*options(files, "--epochs=1", "--seed=2", "--output", other))
    assert cli("export", run.path, other, "--output", tmp_path / "both.onnx").exit_code == 0
    alone, both = (seqnlp.load(path) for path in (run.path, tmp_path / "both.onnx"))
    worth = [each.log_likelihoods(["one two"], ["12"])[0][0] for each in (alone, seqnlp.load(other), both)]
    assert worth[1] < worth[2] < worth[0]
    tagger = tmp_path / "tagger"
    tagger.mkdir()
    shutil.copy(model, tagger / "model.onnx")
    (tagger / "metrics.json").write_text("{}", encoding="utf-8")
    assert "only translators" in complaint("export", run.path, tagger, "--output", tmp_path / "x.onnx")


def test_it_is_inspected(run, cli) -> None:
    found = json.loads(cli("inspect", run.path, "--json").stdout)
    assert found["task"] == "translator"
    assert found["target_pieces"] == 3 + 2 * 10
    assert set(found["inputs"]) >= {"source", "lengths"}


def test_a_long_text_is_translated_in_parts(run, cli) -> None:
    words = " ".join(["one two three, four five six."] * 900)
    (out, _) = cli("predict", run.path, "--output-format=text", stdin=f"{words}\n".encode()).stdout.split(
        "\n"
    )
    assert len(out) > 1000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--set=network.tied=all"], "network.tied is all, which needs one vocabulary for both sides"),
        (["--set=text.longest=5", "--set=text.ratio=1"], "no training pair is left: "),
        (["--pair=words"], "a pair is two different endings joined by a hyphen"),
        (["--pair=words-none"], "none"),
        (["--set=network.units=33"], "network.units: Input should be a multiple of 2"),
        (["--set=text.subwords=10"], "a vocabulary of 10 has no room for"),
    ],
)
def test_what_cannot_be_trained_is_one_line(complaint, files, tmp_path: Path, arguments, message) -> None:
    assert message in complaint(*options(files, *arguments, "--output", tmp_path / "run"))
    assert not (tmp_path / "run").exists()


def test_files_of_different_length_are_both_named(complaint, files, tmp_path: Path) -> None:
    bad = write(tmp_path / "bad", pairs_of(4, 9))
    with bad.with_suffix(".words").open("a", encoding="utf-8") as file:
        file.write("one\n")
    said = complaint(*options({**files, "--train": bad}, "--output", tmp_path / "run"))
    assert f"{bad}.words has 10 lines and {bad}.digits has 9 lines" in said


def test_bytes_that_are_no_text_are_one_line(complaint, files, tmp_path: Path) -> None:
    bad = write(tmp_path / "bad", pairs_of(4, 3))
    bad.with_suffix(".words").write_bytes(b"one\ncaf\xe9\ntwo\n")
    said = complaint(*options({**files, "--dev": bad}, "--output", tmp_path / "run"))
    assert f"{bad}.words:2" in said


def test_options_for_translators_are_refused_elsewhere(complaint, run, model) -> None:
    assert "--beam-size is for translators" in complaint("predict", model, "x", "--beam-size=2")
    assert "--show-attention is for translators" in complaint("predict", model, "x", "--show-attention")
    assert "--picture goes with --show-attention" in complaint("predict", run.path, "x", "--picture=a.png")
    assert "--explain is for classifiers" in complaint("predict", run.path, "x", "--explain")
    assert "a translator writes jsonl or text" in complaint("predict", run.path, "x", "--output-format=conll")
    assert "holds no pairs" in complaint("evaluate", run.path, "--corpus=sample/ner")
