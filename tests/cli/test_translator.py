"""A translator on the command line: trained, resumed, evaluated, exported and used."""

import json
import random
import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import sacrebleu

import seqnlp
from seqnlp.tasks.registry import get_task
from seqnlp.tasks.translation.task import TranslatorTask
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


def make_pairs(seed: int, count: int) -> list[tuple[str, str]]:
    """Return numbers in words and in digits."""
    drawn = random.Random(seed)
    numbers = [[drawn.randrange(10) for _ in range(drawn.randint(1, 4))] for _ in range(count)]
    return [(" ".join(DIGITS[each] for each in number), "".join(map(str, number))) for number in numbers]


def write(stem: Path, pairs: list[tuple[str, str]]) -> Path:
    for ending, side in zip(("words", "digits"), zip(*pairs, strict=True), strict=True):
        stem.with_suffix(f".{ending}").write_text("".join(f"{each}\n" for each in side), encoding="utf-8")
    return stem


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("corpus")
    return {
        "--train": write(folder / "train", make_pairs(1, 600)),
        "--dev": write(folder / "dev", make_pairs(2, 40)),
        "--test": write(folder / "test", make_pairs(3, 40)),
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


def read_lines(stem: Path, ending: str) -> list[str]:
    return stem.with_suffix(f".{ending}").read_text(encoding="utf-8").splitlines()


def test_a_run_learns_and_writes_scores_a_card_and_pictures(run, files) -> None:
    metrics = run.read_metrics()
    texts, gold = (read_lines(files["--test"], ending) for ending in ("words", "digits"))
    found = [each.text for each in seqnlp.load(run.path).predict(texts)]
    assert np.mean([one == other for one, other in zip(found, gold, strict=True)]) > 0.8
    assert metrics["test"]["chrf"] == pytest.approx(sacrebleu.corpus_chrf(found, [gold]).score)
    assert metrics["test"]["bleu"] == pytest.approx(sacrebleu.corpus_bleu(found, [gold]).score)
    assert metrics["test"]["pairs"] == 40
    card = run.card.read_text(encoding="utf-8")
    assert "A translator made with seqnlp" in card
    assert "2 GRU layer(s) of 32 units, general attention" in card
    assert run.attention.exists()
    assert run.curve.exists()


def test_each_line_of_input_has_one_line_of_output(run, cli) -> None:
    lines = ["three one", "", "seven", "\u6f22\u5b57 \u0416", "nine nine nine"]
    result = cli("predict", run.path, "--output-format=text", stdin="\n".join(lines).encode() + b"\n")
    out = result.stdout.split("\n")
    assert len(out) == len(lines) + 1
    assert out[1] == ""
    assert out[:5] == [each.text for each in seqnlp.load(run.path).predict(lines)]


def test_hypotheses_have_descending_scores(run, cli) -> None:
    found = json.loads(cli("predict", run.path, "four two", "--n-best=4", "--beam-size=4").stdout)
    scores = [each["score"] for each in found["hypotheses"]]
    assert len({each["text"] for each in found["hypotheses"]}) == 4
    assert all(one >= other for one, other in pairwise(scores))
    assert found["translation"] == found["hypotheses"][0]["text"]
    several = ("--n-best=4", "--beam-size=4", "--output-format=text")
    text = cli("predict", run.path, "four two", *several).stdout
    assert [line.split(maxsplit=1)[1] for line in text.splitlines() if line] == [
        each["text"] for each in found["hypotheses"]
    ]


def test_the_search_obeys_its_options(run, cli) -> None:
    short = json.loads(cli("predict", run.path, "one two three", "--max-length=2").stdout)["translation"]
    assert len(short) <= 2
    long = json.loads(cli("predict", run.path, "one", "--min-length=5").stdout)["translation"]
    assert len(long) >= 4
    distinct = cli(
        "predict", run.path, "six six six six", "--no-repeat-ngram-size=1", "--show-attention"
    ).stdout
    subwords = json.loads(distinct)["subwords"]
    assert len(set(subwords)) == len(subwords)


def test_attention_is_written_and_drawn(run, cli, tmp_path: Path) -> None:
    picture = tmp_path / "attention.png"
    options = ("--show-attention", "--picture", picture)
    found = json.loads(cli("predict", run.path, "five eight", *options).stdout)
    assert "".join(found["subwords"]).strip() == found["translation"]
    assert "".join(found["source_subwords"]).strip() == "five eight"
    assert np.shape(found["attention"]) == (len(found["subwords"]), len(found["source_subwords"]))
    np.testing.assert_allclose(np.sum(found["attention"], axis=1), 1, atol=2e-3)
    assert found["alignment"] == np.argmax(found["attention"], axis=1).tolist()
    assert picture.read_bytes().startswith(b"\x89PNG")
    text = cli("predict", run.path, "five", "--show-attention", "--output-format=text").stdout
    assert text.splitlines()[0] == seqnlp.load(run.path)("five").text
    assert [line[0] for line in text.splitlines() if line][-4:] == list("five")


def test_evaluation_equals_the_metrics_of_training(run, files, cli) -> None:
    given = ("--data", files["--test"])
    found = json.loads(cli("evaluate", run.path, *given, "--json").stdout)
    assert found == run.read_metrics()["test"]
    shown = cli("evaluate", run.path, *given, "--pair=words-digits").stdout
    assert f"BLEU {found['bleu']:.2f}  nrefs:1|case:mixed" in shown
    assert f"perplexity per subword {found['perplexity']:.3f}" in shown
    greedy = json.loads(cli("evaluate", run.path, *given, "--beam-size=1", "--json").stdout)
    assert greedy["perplexity"] == pytest.approx(found["perplexity"])


def test_the_perplexity_is_that_of_the_network(run) -> None:
    from seqnlp.tasks.corpus import prepare
    from seqnlp.training.networks import load_network

    task = get_task("translator")
    settings = task.settings().load(run.config)
    prepared = prepare(task, settings)
    network = load_network(run.network, task.network())
    batches = task.batches(prepared.train, settings)
    scores = task.dev_scores(network, prepared.codec, prepared.held_out["dev"], batches)
    dev = run.read_metrics()["dev"]
    assert dev["log_likelihood"] == pytest.approx(scores["log_likelihood"], abs=1e-5)
    assert np.exp(-scores["log_likelihood"]) == pytest.approx(dev["perplexity"], rel=1e-4)


def test_a_prepared_corpus_trains_to_the_same_scores(run, files, cli, tmp_path: Path) -> None:
    paths = [each for pair in files.items() for each in pair]
    directory = tmp_path / "prepared"
    command = ["prepare", "translator", *paths, "--pair=words-digits", "--set=text.subwords=0"]
    report = json.loads(cli(*command, "--output", directory, "--json").stdout)
    assert report["splits"]["train"]["sides"]["source"]["records"] == 600
    assert report["splits"]["dev"]["sides"]["source"]["unknown"] == 0
    shown = cli(*command, "--output", tmp_path / "again").stdout
    assert "source subwords" in shown
    sets = [f"--set={each}" for each in SMALL if not each.startswith("text.")]
    output = tmp_path / "run"
    trained = cli("train", "translator", "--prepared", directory, *sets, "--epochs=8", "--output", output)
    assert trained.exit_code == 0
    assert RunDirectory(output).read_metrics()["test"] == run.read_metrics()["test"]


def test_an_interrupted_run_resumes_to_the_same_scores(
    run, files, cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class InterruptedRunError(Exception):
        pass

    score, calls = TranslatorTask.dev_scores, []

    def interrupt_once(*arguments):
        calls.append(1)
        if len(calls) == 3:
            raise InterruptedRunError
        return score(*arguments)

    monkeypatch.setattr(TranslatorTask, "dev_scores", interrupt_once)
    output = tmp_path / "interrupted"
    with pytest.raises(InterruptedRunError):
        cli(*options(files, "--epochs=8", "--output", output))
    assert cli("train", "translator", "--resume", "--output", output).exit_code == 0
    assert RunDirectory(output).read_metrics()["test"] == run.read_metrics()["test"]


def test_export_writes_the_same_model_again(run, cli, tmp_path: Path) -> None:
    assert cli("export", run.path, "--output", tmp_path / "again.onnx").exit_code == 0
    one, other = (seqnlp.load(path)("eight four") for path in (run.path, tmp_path / "again.onnx"))
    assert one.to_dict() == other.to_dict()


def test_several_runs_form_an_ensemble(run, files, cli, complaint, model, tmp_path: Path) -> None:
    other = tmp_path / "other"
    cli(*options(files, "--epochs=1", "--seed=2", "--output", other))
    assert cli("export", run.path, other, "--output", tmp_path / "both.onnx").exit_code == 0
    alone, both = (seqnlp.load(path) for path in (run.path, tmp_path / "both.onnx"))
    likelihoods = [
        each.log_likelihoods(["one two"], ["12"])[0][0] for each in (alone, seqnlp.load(other), both)
    ]
    assert likelihoods[1] < likelihoods[2] < likelihoods[0]
    tagger = tmp_path / "tagger"
    tagger.mkdir()
    shutil.copy(model, tagger / "model.onnx")
    (tagger / "metrics.json").write_text("{}", encoding="utf-8")
    assert "a tagger cannot join an ensemble" in complaint(
        "export", run.path, tagger, "--output", tmp_path / "x.onnx"
    )


def test_inspect_shows_sizes_and_inputs(run, cli) -> None:
    found = json.loads(cli("inspect", run.path, "--json").stdout)
    assert found["task"] == "translator"
    assert found["target_subwords"] == 3 + 2 * 10
    assert set(found["inputs"]) >= {"source", "lengths"}


def test_a_long_text_is_translated_in_segments(run, cli) -> None:
    words = " ".join(["one two three, four five six."] * 900)
    (out, _) = cli("predict", run.path, "--output-format=text", stdin=f"{words}\n".encode()).stdout.split(
        "\n"
    )
    assert len(out) > 1000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--set=network.tied=all"], "network.tied is all, which needs one vocabulary for both sides"),
        (["--set=text.max_length=5", "--set=text.ratio=1"], "no training pair is left: "),
        (["--pair=words"], "a pair is two different endings joined by a hyphen"),
        (["--pair=words-none"], "none"),
        (["--set=network.units=33"], "network.units: Input should be a multiple of 2"),
        (["--set=text.subwords=10"], "a vocabulary of 10 has no room for"),
    ],
)
def test_settings_that_cannot_be_trained_get_one_line(
    complaint, files, tmp_path: Path, arguments, message
) -> None:
    assert message in complaint(*options(files, *arguments, "--output", tmp_path / "run"))
    assert not (tmp_path / "run").exists()


def test_a_message_names_both_files_of_different_lengths(complaint, files, tmp_path: Path) -> None:
    bad = write(tmp_path / "bad", make_pairs(4, 9))
    with bad.with_suffix(".words").open("a", encoding="utf-8") as file:
        file.write("one\n")
    message = complaint(*options({**files, "--train": bad}, "--output", tmp_path / "run"))
    assert f"{bad}.words has 10 lines and {bad}.digits has 9 lines" in message


def test_a_message_names_the_line_that_is_not_utf_8(complaint, files, tmp_path: Path) -> None:
    bad = write(tmp_path / "bad", make_pairs(4, 3))
    bad.with_suffix(".words").write_bytes(b"one\ncaf\xe9\ntwo\n")
    message = complaint(*options({**files, "--dev": bad}, "--output", tmp_path / "run"))
    assert f"{bad}.words:2" in message


def test_options_and_corpora_of_other_tasks_are_errors(complaint, run, model) -> None:
    assert "No such option: --beam-size" in complaint("predict", model, "x", "--beam-size=2")
    assert "No such option: --show-attention" in complaint("predict", model, "x", "--show-attention")
    assert "No such option: --explain" in complaint("predict", run.path, "x", "--explain")
    message = complaint("predict", run.path, "x", f"--picture={run.path / 'a.png'}")
    assert message == "a picture of a translation shows its attention; add --show-attention"
    message = complaint("predict", run.path, "x", "--output-format=conll")
    assert message == "a translator writes jsonl or text or csv or tsv, not conll"
    message = complaint("evaluate", run.path, "--corpus=sample/ner")
    assert message == "sample/ner: contains data for the task tagger, not for translator"


def test_the_source_side_of_aligned_files_is_predicted(cli, complaint, run, files, tmp_path: Path) -> None:
    stem, output = files["--test"], tmp_path / "out.jsonl"
    assert cli("predict", run.path, "--input", stem, "--output", output, "--beam-size", 1).exit_code == 0
    found = [json.loads(line)["text"] for line in output.read_text("utf-8").splitlines()]
    assert found == [line.strip() for line in read_lines(stem, "words")]
    source = stem.with_suffix(".words")
    before = source.read_bytes()
    assert "is also an input" in complaint("predict", run.path, "--input", stem, "--output", source)
    assert source.read_bytes() == before
    assert "no such file" in complaint("predict", run.path, "--input", tmp_path / "none", "--output", output)


def test_mistakes_do_not_replace_either_of_two_aligned_files(
    cli, complaint, run, files, tmp_path: Path
) -> None:
    for ending in ("words", "digits"):
        gold = files["--test"].with_suffix(f".{ending}")
        before = gold.read_bytes()
        message = complaint("evaluate", run.path, "--data", files["--test"], "--errors", gold)
        assert message == f"{gold} is also an input; choose another file for the output"
        assert gold.read_bytes() == before
    output = tmp_path / "mistakes.jsonl"
    assert cli("evaluate", run.path, "--data", files["--test"], "--errors", output).exit_code == 0
    assert output.exists()


def test_a_given_format_replaces_the_pair_of_the_training(cli, complaint, run, files, tmp_path: Path) -> None:
    table = tmp_path / "gold.data"
    rows = zip(*(read_lines(files["--test"], ending) for ending in ("words", "digits")), strict=True)
    table.write_text("source,target\n" + "".join(f"{one},{other}\n" for one, other in rows))
    expected = cli("evaluate", run.path, "--data", files["--test"], "--json").stdout
    assert cli("evaluate", run.path, "--data", table, "--format=csv", "--json").stdout == expected
    assert seqnlp.evaluate(run.path, table, format="csv").to_dict() == json.loads(expected)
    both = ("--format=csv", "--pair=words-digits")
    assert "the pair words-digits selects two aligned" in complaint(
        "evaluate", run.path, "--data", table, *both
    )
