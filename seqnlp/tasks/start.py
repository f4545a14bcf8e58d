"""The start of a run from the weights, the codec and the settings of another run."""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from zipfile import BadZipFile, ZipFile

from seqnlp.errors import ConfigError, DataError, ModelFileError
from seqnlp.files import atomic_write, atomic_write_text
from seqnlp.serving.model_file import ModelFile, open_model, reading_metadata, restore_codec
from seqnlp.settings import Settings
from seqnlp.strict_json import dump_json
from seqnlp.tasks.prepared import Prepared
from seqnlp.tasks.task import AnyTask
from seqnlp.training.backend import load_tensorflow
from seqnlp.training.directory_lock import check_unlocked
from seqnlp.training.run_directory import RunDirectory
from seqnlp.types import JsonObject

log = logging.getLogger("seqnlp")

LoadSettings = Callable[..., Settings]
"""Loads the settings that a user gave, with the values of `base` instead of the defaults."""

_OWN = frozenset({"training.epochs", "training.patience", "training.start_from"})
"""Settings of training that a new run does not take from the other run."""
_DATA = ("corpus", "train", "dev", "test", "prepared")
_FREE = frozenset({"data", "format", "training"})
_SHOWN_LABELS = 10


@dataclass(frozen=True)
class OtherRun:
    """A finished run from which a new run starts.

    Attributes:
        task: Its task.
        directory: Its directory.
        file: Its model file.
        codec: Its codec of training.
        settings: Its settings by full name, with those that it left open.
    """

    task: AnyTask
    directory: RunDirectory
    file: ModelFile
    codec: Any
    settings: JsonObject

    @classmethod
    def read(cls, task: AnyTask, path: Path) -> Self:
        """Read the codec and the settings of a run.

        Args:
            task: The task of the new run.
            path: The run directory.

        Raises:
            ConfigError: There is no finished run of the task in the directory, or another process uses it.
            ModelFileError: A file of the run is damaged.
        """
        if path.is_file():
            raise ConfigError(
                f"{path} is a file; training starts from a run directory, whose model.keras has the weights"
            )
        if not path.is_dir():
            raise ConfigError(f"{path}: no such run directory")
        check_unlocked(path)
        directory = RunDirectory(path)
        if not directory.config.exists():
            raise ConfigError(f"{path} contains no run to start from")
        if not directory.finished:
            raise ConfigError(f"{path} is not a finished run; resume it first (--resume)")
        file = open_model(directory.model)
        if file.task != task.name:
            raise ConfigError(f"{path} is the run of a {file.task}, not of a {task.name}")
        settings = task.settings().load(directory.config).flatten()
        architecture = task.architecture(_read_config(directory.network))
        return cls(task, directory, file, training_codec(task, file), {**settings, **architecture})

    def load_settings(self, load: LoadSettings, in_memory: bool = False) -> Settings:
        """Load settings, with those of this run instead of the defaults.

        The number of epochs and the patience are not those of this run. The data are, if the user gave none.

        Args:
            load: Loads the settings that the user gave.
            in_memory: Whether the user gave records in memory.

        Raises:
            ConfigError: A setting contradicts the architecture of this run, or the user gave no data and this
                run had records in memory.
        """
        given = load()
        kept, defaults = {}, {setting.key: setting.default for setting in given.describe()}
        for key, value in self.settings.items():
            section = key.partition(".")[0]
            changed = value != defaults[key]
            if section not in _FREE or (section == "training" and key not in _OWN and changed):
                kept[key] = value
        if in_memory or any(getattr(given.data, name) is not None for name in _DATA):
            kept |= self._format(given, defaults)
        else:
            kept |= self._data()
        settings = load(base=kept)
        self.check(settings)
        return settings

    def _data(self) -> dict[str, Any]:
        """Return the data of this run, and how they are read.

        Raises:
            ConfigError: They were in memory, so only the directory of this run has them.
        """
        prepared = self.settings["data.prepared"]
        if prepared is not None and prepared.resolve() == self.directory.prepared.resolve():
            raise ConfigError(
                f"{self.directory.path} was trained on records in memory; give data for training"
            )
        return {key: value for key, value in self.settings.items() if key.startswith(("data.", "format."))}

    def _format(self, given: Settings, defaults: JsonObject) -> dict[str, Any]:
        """Return the format options of this run that do not contradict those of the user.

        A format that this run named is used only for a training file with the same ending. The settings of a
        run on a prepared corpus have no format options. Then those of the model file are used, except for
        those that were detected.
        """
        if given.data.prepared is not None:
            return {}
        source = self.settings
        if source["data.prepared"] is not None:
            source = {f"format.{name}": value for name, value in self.file.spec.get("format", {}).items()}
            source = {key: value for key, value in source.items() if defaults.get(key, "auto") != "auto"}
        stored, own = (
            {
                key.partition(".")[2]: value
                for key, value in values.items()
                if key.startswith("format.") and value != defaults[key]
            }
            for values in (source, given.flatten())
        )
        old, new = self.settings["data.train"], given.data.train
        if old is None or new is None or _ending(old) != _ending(new):
            stored.pop("format", None)
        left_out = self.task.reader().options.contradicted(stored, own)
        return {f"format.{name}": value for name, value in stored.items() if name not in left_out}

    def check(self, settings: Settings) -> None:
        """Check that settings have the architecture of this run.

        Raises:
            ConfigError: A setting differs. The message names it and both values.
        """
        for key, value in settings.flatten().items():
            if (
                key.partition(".")[0] not in _FREE
                and key not in settings.adjustable
                and value != self.settings[key]
            ):
                raise ConfigError(
                    f"{key} is {_show(self.settings[key])} in {self.directory.path}; "
                    f"a run that starts from it cannot change it to {_show(value)}"
                )

    def extend_codec(self, train: Sequence[Any], settings: Any) -> Any:
        """Return the codec of this run, extended for training examples, and report new labels and words.

        Raises:
            DataError: The examples do not fit the codec, or the task cannot add labels.
        """
        labels = self.task.unknown_labels(self.codec, train)
        codec = self.task.extend_codec(self.codec, train, settings)
        unknown = self.task.unknown_labels(codec, train)
        if unknown:
            raise DataError(
                f"{self.directory.path} does not know the label {unknown[0]}, and a {self.task.name} cannot "
                "add labels"
            )
        news = _describe_growth(labels, self.codec.summary(), codec.summary())
        if news:
            log.info("%s: %s", self.directory.path, news)
        return codec

    def store(self, prepared: Prepared[Any, Any], settings: Settings, run: RunDirectory) -> "Start":
        """Write the first weights and the codec of a new run into its directory.

        After that, the new run does not need this one.

        Args:
            prepared: The corpus of the new run.
            settings: The settings of the new run.
            run: The directory of the new run.

        Raises:
            ConfigError: The corpus was prepared with another codec.
            ModelFileError: The network of this run is damaged.
        """
        load_tensorflow()
        from seqnlp.training.loop import make_reproducible
        from seqnlp.training.networks import load_network, save_network

        make_reproducible(settings.training.seed)
        old = load_network(self.directory.network, self.task.network())
        try:
            network = self.task.extend_network(old, prepared, settings)
        except ValueError as error:
            path = self.directory.network
            raise ModelFileError(f"{path} does not fit {self.file.path} ({error})") from error
        start = Start(prepared.codec, self.file.facts, self._provenance())
        run.checkpoints.mkdir(parents=True, exist_ok=True)
        with atomic_write(run.start_network) as temporary:
            save_network(network, temporary)
        stored = {"codec": start.codec.to_spec(), "facts": start.facts, "provenance": start.provenance}
        atomic_write_text(run.start, dump_json(stored))
        return start

    def check_prepared(self, prepared: Prepared[Any, Any], directory: Path | None) -> None:
        """Check that a corpus that was prepared before has the codec of this run.

        Raises:
            ConfigError: It has another one.
        """
        if dump_json(prepared.codec.to_spec()) != dump_json(self.codec.to_spec()):
            raise ConfigError(
                f"{directory or 'the corpus'} was prepared with other vocabularies than those of "
                f"{self.directory.path}; give the corpus or its files instead"
            )

    def _provenance(self) -> JsonObject:
        provenance = self.file.metadata.get("provenance", {})
        kept = {name: provenance[name] for name in ("created", "data", "start") if name in provenance}
        return {"run": self.directory.path.resolve().name, "created": "", "data": {}, **kept}


@dataclass(frozen=True)
class Start:
    """The start of a run: what it keeps of the run that it started from.

    Attributes:
        codec: The codec, extended for the new training data.
        facts: The facts about the training data of the other run.
        provenance: Name, time and data of the other run, and of the run that it started from.
    """

    codec: Any
    facts: JsonObject
    provenance: JsonObject

    @classmethod
    def restore(cls, task: AnyTask, run: RunDirectory) -> Self | None:
        """Read the start of an unfinished run, or return None if it is not stored.

        Raises:
            DataError: The file is damaged.
        """
        if not run.start.exists():
            return None
        try:
            stored = json.loads(run.start.read_text(encoding="utf-8"))
            return cls(
                task.codec().from_spec(stored["codec"]), dict(stored["facts"]), dict(stored["provenance"])
            )
        except (
            OSError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            RecursionError,
            ModelFileError,
        ) as error:
            raise DataError(f"damaged ({error}); start a new run", run.start) from error

    def keep_codec(self, train: Sequence[Any], settings: Any) -> Any:
        """Return the codec."""
        return self.codec


def load_start_settings(task: AnyTask, load: LoadSettings, in_memory: bool = False) -> Settings:
    """Load settings. If they name a run to start from, its settings replace the defaults.

    Args:
        task: The task.
        load: Loads the settings that the user gave, with the values of `base` instead of the defaults.
        in_memory: Whether the user gave records in memory.

    Raises:
        ConfigError: A setting is wrong or contradicts the other run, or there is no such run.
        ModelFileError: A file of the other run is damaged.
    """
    settings = load()
    path = settings.training.start_from
    return settings if path is None else OtherRun.read(task, path).load_settings(load, in_memory)


def training_codec(task: AnyTask, file: ModelFile) -> Any:
    """Return the codec with which the model in a file was trained.

    Raises:
        ModelFileError: The metadata of the file are damaged.
    """
    kind: Any = task.codec()
    codec = restore_codec(file, task.name, kind)
    with reading_metadata(file):
        return task.training_codec(codec)


def _read_config(path: Path) -> JsonObject:
    """Return the result of `get_config` of a saved network, without importing Keras.

    Raises:
        ModelFileError: The file is missing or damaged.
    """
    try:
        with ZipFile(path) as file:
            config = json.loads(file.read("config.json"))["config"]
        return dict(config)
    except (OSError, BadZipFile, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ModelFileError(f"{path} cannot be loaded: {error}") from error


def _describe_growth(labels: Sequence[str], old: JsonObject, new: JsonObject) -> str:
    """Describe new labels and larger vocabularies in one line, which is empty if there are none."""
    lists = {"labels": labels}
    for name, value in new.items():
        if name != "labels" and isinstance(value, list | tuple):
            lists[name] = [each for each in value if each not in old[name]]
    parts = []
    for name, found in lists.items():
        if found:
            shown = [*found[:_SHOWN_LABELS], *(["…"] if len(found) > _SHOWN_LABELS else [])]
            parts.append(f"{_count(len(found), name)}: {', '.join(shown)}")
    for name, size in new.items():
        if type(size) is int and size > old[name]:
            parts.append(_count(size - old[name], name))
    return "; ".join(parts)


def _count(number: int, plural: str) -> str:
    noun = plural.replace("_", " ")
    return f"{number:,} new {noun.removesuffix('s') if number == 1 else noun}"


def _ending(path: Path) -> str:
    return Path(path.name.lower().removesuffix(".gz")).suffix


def _show(value: object) -> str:
    return "not set" if value is None else json.dumps(value, default=str, ensure_ascii=False)
