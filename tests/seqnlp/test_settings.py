"""Settings: read from TOML and from KEY=VALUE, and written back."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.corpora import TaggedOptions
from seqnlp.errors import ConfigError
from seqnlp.settings import DataSettings, TrainingSettings
from seqnlp.tasks.registry import get_task, task_names
from seqnlp.tasks.tagging.settings import TaggerSettings


def complaint(config: Path | None, *overrides: str) -> str:
    with pytest.raises(ConfigError) as caught:
        TaggerSettings.load(config, overrides)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_setting_that_is_not_named_has_its_default(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[training]\nepochs = 3\n[data]\ntrain = "train.conll"\n')
    assert TaggerSettings.load(path) == TaggerSettings(
        data=DataSettings(train=Path("train.conll")), training=TrainingSettings(epochs=3)
    )
    assert TaggerSettings.load() == TaggerSettings()


def test_later_values_take_precedence(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[training]\nepochs = 3\nseed = 4\n")
    settings = TaggerSettings.load(path, ["training.epochs=5", "training.epochs = 6", 'data.corpus="a/b"'])
    assert (settings.training.epochs, settings.training.seed) == (6, 4)
    assert settings.data.corpus == "a/b"


@pytest.mark.parametrize(
    ("override", "section", "key", "value"),
    [
        ("data.corpus=conll2002/esp", "data", "corpus", "conll2002/esp"),
        ("data.corpus='quoted'", "data", "corpus", "quoted"),
        ("data.corpus=a=b", "data", "corpus", "a=b"),
        ('format.delimiter="\\t"', "format", "delimiter", "\t"),
        ("format.tag_column=-2", "format", "tag_column", -2),
        ("training.learning_rate=1e-3", "training", "learning_rate", 1e-3),
        ("training.clip=1", "training", "clip", 1.0),
    ],
)
def test_values_are_toml_or_else_text(override: str, section: str, key: str, value: object) -> None:
    assert getattr(getattr(TaggerSettings.load(None, [override]), section), key) == value


TEXT = st.text(st.characters(codec="utf-8"))


@given(TEXT, st.integers(-5, 5), st.floats(1e-6, 1e6), st.one_of(st.none(), st.integers(16, 9999)))
def test_settings_survive_toml(tmp_path_factory, text, column, rate, tokens) -> None:
    settings = TaggerSettings(
        data=DataSettings(corpus=text),
        format=TaggedOptions(delimiter=text or None, tag_column=column),
        training=TrainingSettings(learning_rate=rate, batch_tokens=tokens),
    )
    path = tmp_path_factory.mktemp("settings") / "config.toml"
    for commented in (False, True):
        path.write_bytes(settings.to_toml(commented).encode())
        assert TaggerSettings.load(path) == settings
    values = {
        "data": {"corpus": text},
        "format": {"delimiter": text or None},
        "format.tag_column": column,
        "training.learning_rate": rate,
        "training.batch_tokens": tokens,
    }
    assert TaggerSettings.load(values=values) == settings


def test_paths_are_written_as_text() -> None:
    settings = TaggerSettings(data=DataSettings(train=Path("some/train.conll")))
    assert tomllib.loads(settings.to_toml())["data"]["train"] == "some/train.conll"
    assert TaggerSettings.load(values={"data.train": Path("1843")}).data.train == Path("1843")


PRINTABLE = st.text(st.characters(exclude_categories=["Cc", "Zl", "Zp"]), max_size=30)


@given(st.lists(PRINTABLE, max_size=3))
def test_any_override_is_accepted_or_a_one_line_error(overrides: list[str]) -> None:
    message = refusal(*overrides)
    assert message is None or len(message.splitlines()) == 1


@given(st.sampled_from(["data.corpus", "training.epochs", "data.train", "training.x", "x.y"]), st.text())
def test_any_value_is_accepted_or_a_one_line_error(key: str, value: str) -> None:
    message = refusal(f"{key}={value}")
    assert message is None or len(message.splitlines()) == 1


def refusal(*overrides: str) -> str | None:
    try:
        TaggerSettings.load(None, overrides)
    except ConfigError as error:
        return str(error)
    return None


def test_the_nearest_setting_is_named(tmp_path: Path) -> None:
    assert complaint(None, "training.epoch=3") == (
        "unknown setting training.epoch; did you mean training.epochs?"
    )
    assert complaint(None, "data.epochs=3").endswith("did you mean training.epochs?")
    assert complaint(None, "epochs=3").endswith("did you mean training.epochs?")
    assert complaint(None, "trainig.epochs=3").endswith("did you mean training?")
    path = tmp_path / "config.toml"
    path.write_text("[format]\nformt = 3\n")
    assert complaint(path) == f"{path}: unknown setting format.formt; did you mean format.format?"


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("training.epochs=0", "training.epochs: "),
        ("training.epochs=2.5", "training.epochs: "),
        ("training.schedule=linear", "training.schedule: "),
        ("training.epochs", "--set expects SECTION.KEY=VALUE, not 'training.epochs'"),
        ("=3", "--set expects SECTION.KEY=VALUE, not '=3'"),
        ("training.=3", "--set expects SECTION.KEY=VALUE, not 'training.=3'"),
        ("training=3", "training: "),
        ("training.epochs.x=3", "training.epochs: "),
    ],
)
def test_wrong_values_name_their_setting(override: str, message: str) -> None:
    assert complaint(None, override).startswith(message)


NUMBERS = [
    (name, setting.key)
    for name in task_names()
    for setting in get_task(name).settings().describe()
    if setting.section != "format" and re.search(r"\b(int|float)\b", str(setting.annotation))
]


@pytest.mark.parametrize(("task", "key"), NUMBERS)
@pytest.mark.parametrize(
    "value",
    ["nan", "inf", "-inf", "1e300", "-1e300", f"1{'0' * 30}", f"-1{'0' * 30}", "9" * 5000, "[" * 20_000],
    ids=lambda value: value[:8],
)
def test_every_number_is_finite_and_has_bounds(task: str, key: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"^{key}: ") as caught:
        get_task(task).settings().load(None, [f"{key}={value}"])
    assert len(str(caught.value)) < 250


def test_the_largest_seed_is_what_generators_accept() -> None:
    assert TaggerSettings.load(None, ["training.seed=4294967295"]).training.seed == 2**32 - 1
    assert complaint(None, "training.seed=4294967296").startswith("training.seed: ")


@pytest.mark.parametrize("content", ["x = " + "9" * 5000, "x = " + "[" * 20_000, "x = \x00", "\ufeff\ufeff"])
def test_a_file_that_is_not_toml_is_one_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(content, encoding="utf-8")
    assert complaint(path).startswith(f"{path}: ")


def test_a_byte_order_mark_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf[training]\r\nepochs = 3\r\n")
    assert TaggerSettings.load(path).training.epochs == 3


@pytest.mark.parametrize("key", ["data.train", "data.corpus", "format.delimiter", "network.vectors"])
def test_text_that_no_file_can_store_is_refused(key: str) -> None:
    with pytest.raises(ConfigError, match=rf"^{key}: 'a\\udce9' is not UTF-8"):
        TaggerSettings.load(values={key: "a\udce9"})


@pytest.mark.parametrize("key", ["data.train", "network.vectors"])
def test_a_path_without_a_file_is_refused(key: str) -> None:
    assert complaint(None, f'{key}="a\\u0000b"') == rf"{key}: 'a\x00b' contains a null character"


@given(TEXT.filter(lambda text: "\0" not in text))
def test_paths_survive_toml(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    settings = TaggerSettings(data=DataSettings(train=Path(text), corpus=text))
    path = tmp_path_factory.mktemp("settings") / "config.toml"
    path.write_bytes(settings.to_toml().encode())
    assert TaggerSettings.load_complete(path) == settings


def test_each_missing_setting_is_named(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    lines = TaggerSettings().to_toml().splitlines(keepends=True)
    for place in range(len(lines)):
        path.write_text("".join(lines[:place]))
        with pytest.raises(
            ConfigError, match=r"^\S+: \w+\.\w+ is missing; restore the file or start a new run"
        ):
            TaggerSettings.load_complete(path)


def test_paths_are_converted() -> None:
    settings = TaggerSettings.load(values={"data.train": "a/b.conll", "network.vectors": "c.vec"})
    names = settings.with_paths(lambda path: Path(path.name))
    assert (names.data.train, names.network.vectors) == (Path("b.conll"), Path("c.vec"))
    assert settings.with_paths(Path.absolute).data.train == Path.cwd() / "a" / "b.conll"


@pytest.mark.parametrize(
    ("steps", "epochs", "patience"),
    [(1, 100, 1000), (25, 100, 40), (50, 50, 20), (100, 25, 10), (125, 20, 10), (5000, 20, 10)],
)
def test_a_small_corpus_is_read_for_2500_steps_or_100_epochs(steps: int, epochs: int, patience: int) -> None:
    default = TrainingSettings()
    assert (default.max_epochs(1000, steps), default.max_patience(steps)) == (epochs, patience)


def test_given_epochs_do_not_depend_on_the_corpus() -> None:
    for steps in (1, 100, 5000):
        given = TrainingSettings(epochs=7)
        assert (given.max_epochs(1000, steps), given.max_patience(steps)) == (7, 10)
        assert TrainingSettings(patience=3).max_patience(steps) == 3


@pytest.mark.parametrize(
    ("task", "epochs"),
    [
        ("tagger", 20),
        ("classifier", 8),
        ("translator", 20),
        ("parser", 30),
        ("tree-classifier", 15),
        ("language-model", 12),
    ],
)
def test_a_large_corpus_has_the_default_of_its_task(task: str, epochs: int) -> None:
    training = get_task(task).settings()().training
    assert training.max_epochs(300_000, 400) == epochs


def test_settings_do_not_change() -> None:
    training: Any = TaggerSettings().training
    with pytest.raises(ValueError, match="frozen"):
        training.epochs = 3
