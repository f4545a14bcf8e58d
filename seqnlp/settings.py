"""Settings of a run: typed and documented sections that are read from TOML, `KEY=VALUE` and Python values.

The settings of a task are sections (tables in TOML) of fields. Each field has a description, which
`seqnlp init` and `seqnlp train TASK --help` print.
"""

import dataclasses
import difflib
import reprlib
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any, ClassVar, Literal, Self, get_type_hints

import tomlkit
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from tomlkit.items import Table

from seqnlp.data.format_options import FormatOptions
from seqnlp.errors import ConfigError

MAX_UNITS = 16_384
"""Largest size of a layer. The recurrent weights of an LSTM then have a billion numbers."""
MAX_LAYERS = 64
"""Largest number of recurrent layers."""
_FEWEST_STEPS = 2500
"""By default a small corpus is read until training has about this number of steps."""
_MOST_EPOCHS = 100
"""Largest default number of epochs."""
_PATIENCE = 10
_PATIENT_STEPS = 1000
"""The default patience of a small corpus lasts for about this number of steps."""

_repr = reprlib.Repr()
_repr.maxstring = _repr.maxother = _repr.maxlong = 60


class Section(BaseModel):
    """A table of settings. Unknown keys, values of a wrong type, NaN and infinity are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True, allow_inf_nan=False)


class DataSettings(Section):
    """The corpus: a name, files, or a prepared directory."""

    corpus: str | None = Field(None, description="Corpus by name, such as conll2002/esp")
    train: Path | None = Field(None, description="Training file")
    dev: Path | None = Field(
        None, description="File that selects the best epoch; by default a tenth of the training data"
    )
    test: Path | None = Field(None, description="File that is scored once, after training")
    prepared: Path | None = Field(
        None, description="Directory written by seqnlp prepare, instead of a corpus"
    )
    on_error: Literal["stop", "skip"] = Field(
        "stop", description="What to do with an invalid record: stop or skip it"
    )
    folds: int | None = Field(None, ge=3, le=1000, description="Number of folds to split all records into")
    fold: int | None = Field(
        None,
        ge=1,
        le=1000,
        description="Number of the test fold, from 1; the next one is dev; by default all folds are run",
    )


class TrainingSettings(Section):
    """Training of the network."""

    epochs: int | None = Field(
        None, ge=1, le=100_000, description="Maximum number of epochs; by default 20, more for a small corpus"
    )
    patience: int | None = Field(
        None,
        ge=1,
        le=100_000,
        description="Stop after this many epochs without a better dev score; by default 10, more for a small "
        "corpus",
    )
    batch_tokens: int | None = Field(
        None,
        ge=16,
        le=1_000_000,
        description="Rows times padded length of a batch; by default 512, fewer for a small corpus",
    )
    buckets: int | None = Field(
        None,
        ge=1,
        le=64,
        description="Maximum number of padded lengths, each compiled once; by default 12, fewer for a small "
        "corpus",
    )
    learning_rate: float = Field(2e-3, gt=0, le=1_000_000, description="Peak learning rate")
    warmup: float = Field(
        0.5, ge=0, le=100_000, description="Number of epochs over which the learning rate rises"
    )
    schedule: Literal["cosine", "constant"] = Field("cosine", description="Learning rate schedule")
    clip: float = Field(5.0, gt=0, le=1_000_000, description="Maximum norm of the gradient")
    averaging: float = Field(
        0.7, ge=0, lt=1, description="Decay of the moving average over epoch weights; 0 disables it"
    )
    seed: int = Field(1, ge=0, lt=2**32, description="Random seed for weights, dropout and batch order")
    start_from: Path | None = Field(
        None, description="Run directory to start from; the weights are those of this run at first"
    )

    def max_epochs(self, tokens: int, steps: int) -> int:
        """Return the maximum number of epochs.

        A small corpus gets more epochs. Otherwise training would end after too few steps.

        Args:
            tokens: Number of tokens in the training data.
            steps: Number of batches of an epoch.
        """
        return self.epochs or max(self.usual_epochs(tokens), min(_MOST_EPOCHS, ceil(_FEWEST_STEPS / steps)))

    def usual_epochs(self, tokens: int) -> int:
        """Return the default maximum number of epochs of a corpus that is not small.

        Args:
            tokens: Number of tokens in the training data.
        """
        return 20

    def max_patience(self, steps: int) -> int:
        """Return the maximum number of epochs without a better dev score.

        A small corpus gets a longer patience if it also gets the default number of epochs.

        Args:
            steps: Number of batches of an epoch.
        """
        usual = _PATIENCE if self.epochs else max(_PATIENCE, ceil(_PATIENT_STEPS / steps))
        return self.patience or usual

    def batch_positions(self, tokens: int) -> int:
        """Return the maximum number of positions in a batch.

        A small corpus gets small batches. Otherwise an epoch would have too few steps.

        Args:
            tokens: Number of tokens in the training data.
        """
        return self.batch_tokens or min(512, max(128, tokens // 128))

    def max_buckets(self, tokens: int) -> int:
        """Return the maximum number of padded lengths.

        Each padded length saves padding but costs one compilation.

        Args:
            tokens: Number of tokens in the training data.
        """
        return self.buckets or min(12, max(4, tokens // 10_000))


@dataclass(frozen=True)
class Setting:
    """One setting, for help texts and command-line options.

    Attributes:
        section: Name of its section.
        name: Name within the section.
        annotation: Its type.
        default: Its default value.
        description: One plain line without a full stop.
    """

    section: str
    name: str
    annotation: Any
    default: Any
    description: str

    @property
    def key(self) -> str:
        """The full name, `section.name`."""
        return f"{self.section}.{self.name}"


class Settings(Section):
    """All settings of a run. A task adds its sections, such as `text` and `network`, and its own `format`.

    A section is a `Section`, or a frozen dataclass whose fields have a description in `metadata["help"]`.
    """

    file_sections: ClassVar[frozenset[str]] = frozenset({"data", "format"})
    """Sections that say which files to read, and how. A prepared directory replaces them."""
    encoding_sections: ClassVar[frozenset[str]] = frozenset({"text"})
    """Sections that decide how records are encoded. A prepared directory fixes them."""
    adjustable: ClassVar[frozenset[str]] = frozenset()
    """Full names of settings that a run may change if it starts from another run.

    It may also change `data`, `format` and `training`. All others decide the weights that a network has.
    """

    data: DataSettings = DataSettings()
    format: FormatOptions = FormatOptions()
    training: TrainingSettings = TrainingSettings()

    @classmethod
    def load(
        cls,
        config: Path | None = None,
        overrides: Iterable[str] = (),
        values: Mapping[str, Any] | None = None,
        base: Mapping[str, Any] | None = None,
    ) -> Self:
        """Load settings. Later sources take precedence.

        Args:
            config: TOML file. Settings that it does not name keep their defaults.
            overrides: Strings `SECTION.KEY=VALUE`; the value is TOML or else plain text.
            values: Values by full name (`{"network.units": 100}`) or by section
                (`{"network": {"units": 100}}`).
            base: Values by full name instead of the defaults. All other sources take precedence.

        Raises:
            ConfigError: The file cannot be read or is not TOML, a key is unknown (the message names the
                nearest), or a value is out of range.

        Example:
            >>> TaggerSettings.load(values={"network.units": 100}).network.units
            100
        """
        nested: dict[str, Any] = {} if config is None else _read_toml(config)
        for key, value in (base or {}).items():
            section, _, name = key.partition(".")
            table = nested.setdefault(section, {})
            if isinstance(table, dict):
                table.setdefault(name, value)
        for override in overrides:
            _assign(nested, *_parse_override(override))
        for key, value in (values or {}).items():
            _assign(nested, key.split("."), value)
        try:
            settings = cls.model_validate(nested)
        except ValidationError as error:
            raise ConfigError(cls._explain(error, config)) from error
        settings._check_texts()
        return settings

    def _check_texts(self) -> None:
        """Check that the run directory can store all texts and paths.

        Raises:
            ConfigError: One of them is not UTF-8, or a path contains a null character.
        """
        for key, value in self.flatten().items():
            if isinstance(value, str | Path):
                try:
                    str(value).encode()
                except UnicodeEncodeError as error:
                    raise ConfigError(f"{key}: {str(value)!r} is not UTF-8") from error
                if isinstance(value, Path) and "\0" in str(value):
                    raise ConfigError(f"{key}: {str(value)!r} contains a null character")

    @classmethod
    def load_complete(cls, config: Path) -> Self:
        """Load the settings of a run from the file that `to_toml` wrote.

        Raises:
            ConfigError: As for `load`, or a setting is missing.
        """
        nested = _read_toml(config)
        for setting in cls.describe():
            section = nested.get(setting.section)
            if setting.default is not None and not (isinstance(section, dict) and setting.name in section):
                raise ConfigError(f"{config}: {setting.key} is missing; restore the file or start a new run")
        return cls.load(config)

    @classmethod
    def _explain(cls, error: ValidationError, config: Path | None) -> str:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        place = "" if config is None else f"{config}: "
        if first["type"] not in ("extra_forbidden", "unexpected_keyword_argument"):
            return f"{place}{key}: {first['msg']} (the value is {_repr.repr(first['input'])})"
        names = [setting.key for setting in cls.describe()]
        elsewhere = [name for name in names if name.endswith(f".{first['loc'][-1]}")]
        known = names if "." in key else list(cls.model_fields)
        near = elsewhere or difflib.get_close_matches(key, known, n=1, cutoff=0.3)
        hint = f"; did you mean {near[0]}?" if near else f"; known settings: {', '.join(names)}"
        return f"{place}unknown setting {key}{hint}"

    @classmethod
    def describe(cls) -> list[Setting]:
        """Return all settings of all sections, in order."""
        return [
            setting
            for name, field in cls.model_fields.items()
            if isinstance(field.annotation, type)
            for setting in _describe_section(name, field.annotation)
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return all settings as JSON values by section."""
        return self.model_dump(mode="json")

    def replace(self, **sections: Mapping[str, Any]) -> Self:
        """Return a copy with some settings changed, such as `replace(network={"cell": "gru"})`.

        Raises:
            ConfigError: A key is unknown or a value is out of range.
        """
        changed = {f"{name}.{key}": value for name, inner in sections.items() for key, value in inner.items()}
        return type(self).load(values={**self.given(), **changed})

    def with_prepared(self, directory: Path) -> Self:
        """Return a copy that reads a prepared directory instead of files."""
        others = {
            key: value
            for key, value in self.given().items()
            if key.partition(".")[0] not in self.file_sections
        }
        return type(self).load(values={**others, "data.prepared": directory})

    def with_paths(self, convert: Callable[[Path], Path]) -> Self:
        """Return a copy whose paths are converted, such as `with_paths(Path.absolute)`."""
        values = self.given()
        return type(self).load(
            values={
                key: convert(value) if isinstance(value, Path) else value for key, value in values.items()
            }
        )

    def given(self) -> dict[str, Any]:
        """Return the values that differ from their defaults, by full name."""
        values = self.flatten()
        return {
            setting.key: values[setting.key]
            for setting in self.describe()
            if values[setting.key] != setting.default
        }

    def flatten(self) -> dict[str, Any]:
        """Return all values by full name."""
        return {
            setting.key: getattr(getattr(self, setting.section), setting.name) for setting in self.describe()
        }

    def to_toml(self, commented: bool = False) -> str:
        """Return all settings as TOML.

        Args:
            commented: Whether to write the description of each setting above it. A setting without a value
                is written as a comment, since TOML has no null.
        """
        document = tomlkit.document()
        values = self.flatten()
        for name, field in type(self).model_fields.items():
            table = tomlkit.table()
            if commented:
                doc = (getattr(field.annotation, "__doc__", None) or "").partition("\n")[0]
                table.add(tomlkit.comment(doc))
            for setting in self.describe():
                if setting.section == name:
                    _add_setting(table, setting, values[setting.key], commented)
            document.add(name, table)
        return tomlkit.dumps(document)


def _describe_section(name: str, section: type[Any]) -> Iterator[Setting]:
    if issubclass(section, BaseModel):
        for key, field in section.model_fields.items():
            yield Setting(name, key, field.annotation, field.default, field.description or "")
        return
    hints = get_type_hints(section)
    for each in dataclasses.fields(section):
        yield Setting(name, each.name, hints[each.name], each.default, each.metadata.get("help", ""))


def _add_setting(table: Table, setting: Setting, value: Any, commented: bool) -> None:
    if commented:
        table.add(tomlkit.comment(f"{setting.description}."))
    if value is None:
        table.add(tomlkit.comment(f"{setting.name} ="))
    else:
        table.add(setting.name, str(value) if isinstance(value, Path) else value)


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    except ValueError as error:  # not TOML, not UTF-8, or a number with thousands of digits
        raise ConfigError(f"{path}: {error}") from error
    except RecursionError as error:
        raise ConfigError(f"{path}: brackets are nested too deeply") from error


def _parse_override(override: str) -> tuple[Sequence[str], Any]:
    """Return the path and the value of `SECTION.KEY=VALUE`."""
    key, equals, text = override.partition("=")
    path = [part.strip() for part in key.split(".")]
    if not equals or not all(path):
        raise ConfigError(f"--set expects SECTION.KEY=VALUE, not {_repr.repr(override)}")
    try:
        return path, tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return path, text.strip()


def _assign(values: dict[str, Any], path: Sequence[str], value: Any) -> None:
    """Put a value into nested dicts."""
    table = values
    for part in path[:-1]:
        inner = table.setdefault(part, {})
        if not isinstance(inner, dict):
            raise ConfigError(f"{'.'.join(path)}: {part} is a setting, not a section")
        table = inner
    if isinstance(value, Mapping):
        for key, each in value.items():
            _assign(table, [path[-1], key], each)
    else:
        table[path[-1]] = value
