"""Settings: typed, documented, read from TOML and from `KEY=VALUE`, written back whole.

A task's settings are sections (tables in TOML) of fields, each with a description that `seqnlp init` prints.
"""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, Self

import tomlkit
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from seqnlp.errors import ConfigError


class Section(BaseModel):
    """A table of settings; an unknown key or a value of a wrong type is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class DataSettings(Section):
    """Where the corpus comes from: a name, files, or a prepared directory."""

    corpus: str | None = Field(None, description="A corpus by name, such as conll2002/esp")
    train: Path | None = Field(None, description="The training file")
    dev: Path | None = Field(None, description="The file that chooses the best epoch")
    test: Path | None = Field(None, description="The file that is scored once, at the end")
    prepared: Path | None = Field(None, description="A directory that seqnlp prepare wrote, in their place")
    format: str | None = Field(None, description="The format of the files; without it their ending tells")
    on_error: Literal["stop", "skip"] = Field(
        "stop", description="What a record that is wrong does: stop, or skip it and go on"
    )


class WordSettings(Section):
    """How words are looked up."""

    lower: bool = Field(True, description="Look words up without regard to case (characters keep it)")
    digits: bool = Field(True, description="Look every digit up as 0")
    minimum_words: int = Field(1, ge=1, description="Words seen less often in training are unknown")
    maximum_words: int | None = Field(None, ge=1, description="At most so many words are known")
    minimum_characters: int = Field(1, ge=1, description="Characters seen less often are unknown")


class EncoderSettings(Section):
    """What reads words: their vectors, and recurrent layers."""

    word_dimension: int = Field(100, ge=1, description="Size of a word's embedding")
    vectors: Path | None = Field(
        None,
        description="Pre-trained word vectors: word2vec text or binary, GloVe, fastText .vec, each also .gz",
    )
    characters: Literal["cnn", "lstm", "none"] = Field("cnn", description="What reads a word's characters")
    character_dimension: int = Field(32, ge=1, description="Size of a character's embedding")
    character_filters: int = Field(128, ge=2, description="Size of the vector that a word's characters give")
    cell: Literal["lstm", "gru", "rnn"] = Field("lstm", description="The recurrent cell: lstm, gru or rnn")
    layers: int = Field(1, ge=1, description="How many recurrent layers")
    units: int = Field(200, ge=1, description="Hidden units of each direction")
    bidirectional: bool = Field(True, description="Whether the layers read both ways")
    dropout: float = Field(
        0.5, ge=0, lt=1, description="Share of a layer's inputs and outputs that are dropped"
    )
    recurrent_dropout: float = Field(
        0.25, ge=0, lt=1, description="Share of hidden units dropped along a sentence"
    )
    word_dropout: float = Field(
        3.0, ge=0, description="a in a / (a + count): how often training takes a word for unknown"
    )

    @property
    def summary(self) -> str:
        """What the encoder is, in words."""
        direction = "bidirectional " if self.bidirectional else ""
        return (
            f"{self.layers} {direction}{self.cell.upper()} layer(s) of {self.units} units, characters by "
            f"{self.characters}"
        )


class TrainingSettings(Section):
    """How any network is trained."""

    epochs: int | None = Field(None, ge=1, description="The most epochs; by default 20")
    patience: int = Field(10, ge=1, description="Stop after so many epochs without a better dev score")
    batch_tokens: int | None = Field(
        None,
        ge=16,
        description="Rows times padded length of a batch; by default 512, fewer for a small corpus",
    )
    buckets: int | None = Field(
        None,
        ge=1,
        le=64,
        description="The most padded lengths, each compiled once; by default 12, fewer for a small corpus",
    )
    learning_rate: float = Field(2e-3, gt=0, description="The highest learning rate")
    warmup: float = Field(0.5, ge=0, description="Epochs over which the learning rate rises")
    schedule: Literal["cosine", "constant"] = Field("cosine", description="How the learning rate falls")
    clip: float = Field(5.0, gt=0, description="The greatest norm of a step's gradient")
    averaging: float = Field(
        0.7, ge=0, lt=1, description="Share of the old in a running mean of the epochs' weights; 0 for none"
    )
    seed: int = Field(1, ge=0, description="Seed of everything that is random")

    def most_epochs(self, tokens: int) -> int:
        """How many epochs there are at most.

        Args:
            tokens: How many tokens the training sentences have.
        """
        return self.epochs or 20

    def batch_positions(self, tokens: int) -> int:
        """How many positions a batch has.

        A small corpus needs small batches: its epochs would else be of so few steps that little is learnt.

        Args:
            tokens: How many tokens the training sentences have.
        """
        return self.batch_tokens or min(512, max(128, tokens // 128))

    def most_buckets(self, tokens: int) -> int:
        """How many padded lengths there are: as many as save more time than their compilation takes.

        Args:
            tokens: How many tokens the training sentences have.
        """
        return self.buckets or min(12, max(4, tokens // 10_000))


class Settings(Section):
    """All settings of a run; tasks add their sections."""

    data: DataSettings = DataSettings()
    training: TrainingSettings = TrainingSettings()

    @classmethod
    def read(cls, config: Path | None = None, overrides: Iterable[str] = ()) -> Self:
        """Read settings.

        Args:
            config: A TOML file; what it does not name has its default.
            overrides: `SECTION.KEY=VALUE`, each taking precedence over what stands before it.

        Raises:
            ConfigError: The file cannot be read or is no TOML, a key is unknown (the nearest is named), or a
                value is out of range.
        """
        values: dict[str, Any] = {} if config is None else _toml(config)
        for override in overrides:
            _set(values, override)
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise ConfigError(cls._complaint(error, config)) from error

    @classmethod
    def _complaint(cls, error: ValidationError, config: Path | None) -> str:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        place = "" if config is None else f"{config}: "
        if first["type"] == "extra_forbidden":
            names = cls.names() if "." in key else list(cls.model_fields)
            elsewhere = [name for name in cls.names() if name.endswith(f".{first['loc'][-1]}")]
            near = elsewhere or difflib.get_close_matches(key, names, n=1, cutoff=0.3)
            hint = f"; did you mean {near[0]}?" if near else f"; known: {', '.join(names)}"
            return f"{place}unknown setting {key}{hint}"
        return f"{place}{key}: {first['msg']} (it is {first['input']!r})"

    @classmethod
    def names(cls) -> list[str]:
        """The names of all settings, `section.key`."""
        return [f"{name}.{key}" for name, section in cls._sections() for key in section.model_fields]

    @classmethod
    def _sections(cls) -> list[tuple[str, type[Section]]]:
        return [(name, field.annotation) for name, field in cls.model_fields.items()]  # type: ignore[misc]

    def to_toml(self, commented: bool = False) -> str:
        """Write every setting as TOML.

        Args:
            commented: Whether each is preceded by its description. A setting without a value stands there as
                a comment, since TOML knows no null.
        """
        document = tomlkit.document()
        for name, section in self._sections():
            table = tomlkit.table()
            if commented:
                table.add(tomlkit.comment((section.__doc__ or "").partition("\n")[0]))
            for key, field in section.model_fields.items():
                value = getattr(getattr(self, name), key)
                if commented:
                    table.add(tomlkit.comment(f"{field.description}."))
                if value is None:
                    table.add(tomlkit.comment(f"{key} ="))
                else:
                    table.add(key, str(value) if isinstance(value, Path) else value)
            document.add(name, table)
        return tomlkit.dumps(document)


def assignment(key: str, value: Any) -> str:
    """Write a value as an override that `Settings.read` takes."""
    return f"{key}={tomlkit.item(str(value) if isinstance(value, Path) else value).as_string()}"


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error


def _set(values: dict[str, Any], override: str) -> None:
    """Put `SECTION.KEY=VALUE` into nested dicts; VALUE is TOML, or else a string."""
    key, equals, text = override.partition("=")
    path = [part.strip() for part in key.split(".")]
    if not equals or not all(path):
        raise ConfigError(f"--set wants SECTION.KEY=VALUE, not {override!r}")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text.strip()
    table = values
    for part in path[:-1]:
        inner = table.setdefault(part, {})
        if not isinstance(inner, Mapping):
            raise ConfigError(f"--set {override}: {part} is a setting, not a section")
        table = inner  # type: ignore[assignment]
    table[path[-1]] = value
