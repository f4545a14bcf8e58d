"""The comparison of classifiers of reviews with and without a language model."""

import gzip
from pathlib import Path

import pytest

from benchmarks import reviews
from benchmarks.reviews import PlainText, language_run, main, make_arms
from benchmarks.runs import Run
from seqnlp.errors import DataError


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write reviews to the folder of corpora."""
    folder = tmp_path / "data" / "film_reviews_raw"
    folder.mkdir(parents=True)
    with gzip.open(folder / "reviews.txt.gz", "wt", encoding="utf-8") as file:
        file.writelines(f"Film {number} isn't dull.\n" for number in range(101))
    monkeypatch.setenv("SEQNLP_DATA", str(tmp_path / "data"))


def test_reviews_have_the_words_of_classifiers(tmp_path: Path) -> None:
    text = PlainText(tmp_path / "files", 60)
    text.write()
    train, dev = (text.files[split].read_text(encoding="utf-8").splitlines() for split in ("train", "dev"))
    assert dev == ["Film 0 is n't dull .", "Film 50 is n't dull ."]
    assert len(train) == 58
    assert train[0] == "Film 1 is n't dull ."
    assert PlainText(tmp_path / "files").files["train"] != text.files["train"]


def test_missing_reviews_are_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQNLP_DATA", str(tmp_path))
    with pytest.raises(DataError, match=r"reviews\.txt\.gz"):
        PlainText(tmp_path / "files").write()


def test_arms_differ_in_their_own_settings_alone(tmp_path: Path) -> None:
    model = language_run(PlainText(tmp_path / "files"), ["network.units=8"], tmp_path)
    assert model.load_settings().text.unit == "words"
    own = [("frozen", "network.units=30"), ("fine-tuned", "training.epochs=5")]
    arms = make_arms(
        "movie_reviews", [2, 3], model, list(reviews.ARMS), ["network.dropout=0.3"], own, tmp_path
    )
    assert [arm.name for arm in arms] == ["alone", "frozen", "fine-tuned"]
    assert [run.path.relative_to(tmp_path).as_posix() for run in arms[1].runs] == [
        "frozen/movie_reviews-2",
        "frozen/movie_reviews-3",
    ]
    alone, frozen, tuned = (arm.runs[0].load_settings() for arm in arms)
    assert {each.network.dropout for each in (alone, frozen, tuned)} == {0.3}
    assert {each.data.fold for each in (alone, frozen, tuned)} == {2}
    assert frozen.network.language_model == tuned.network.language_model == model.path
    assert frozen.replace(network={"language_model": None, "units": alone.network.units}) == alone
    assert (tuned.network.fine_tuning, tuned.network.layers, tuned.training.epochs) == ("gradual", 0, 5)


def test_an_unknown_arm_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    parsed = reviews.parser().parse_args(["--arm-set", "fine-tuned:training.epochs=5"])
    assert parsed.arm_set == [("fine-tuned", "training.epochs=5")]
    with pytest.raises(SystemExit):
        reviews.parser().parse_args(["--arm-set", "tuned:training.epochs=5"])
    assert "arms are alone, frozen, fine-tuned" in capsys.readouterr().err


def test_a_report_trains_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trained: list[Run] = []
    monkeypatch.setattr(reviews, "finish", lambda runs, jobs: trained.extend(runs))
    arguments = ["reviews", "--runs", str(tmp_path), "--folds", "1", "2", "--arms", "alone", "frozen"]
    for options, count in (["--report"], 0), ([], 9):
        monkeypatch.setattr("sys.argv", [*arguments, *options, "--output", str(tmp_path / "report.md")])
        main()
        assert len(trained) == count
        assert (tmp_path / "report.md").read_text(encoding="utf-8") == capsys.readouterr().out
    assert trained[0].task == "language-model"
