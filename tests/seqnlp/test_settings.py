"""Settings: read from TOML and from KEY=VALUE, and written back."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.corpora import TaggedOptions
from seqnlp.errors import ConfigError
from seqnlp.settings import DataSettings, TrainingSettings
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


def test_settings_do_not_change() -> None:
    training: Any = TaggerSettings().training
    with pytest.raises(ValueError, match="frozen"):
        training.epochs = 3
