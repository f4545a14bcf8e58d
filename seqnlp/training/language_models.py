"""Language models of finished runs, whose states other networks read."""

from pathlib import Path
from typing import TYPE_CHECKING

from seqnlp.data.language_codec import LanguageCodec
from seqnlp.data.words import WordCodec
from seqnlp.errors import ConfigError, DataError, ModelFileError
from seqnlp.files import atomic_write_text, checksum
from seqnlp.serving.model_file import open_model
from seqnlp.training.run_directory import RunDirectory
from seqnlp.types import Network

if TYPE_CHECKING:
    from seqnlp.layers.token_reader import TokenReader

_SETTING = "network.language_model"


def read_language_codec(directory: Path) -> LanguageCodec:
    """Return the codec of a language model, as its model file has it.

    Args:
        directory: The directory of its run.

    Raises:
        ConfigError: The directory contains no finished run, or that of another task.
    """
    run = RunDirectory(directory)
    if not run.finished:
        problem = "is not a finished run" if directory.exists() else "does not exist"
        raise ConfigError(f"{_SETTING}: {directory} {problem}")
    try:
        file = open_model(run.model)
    except ModelFileError as error:
        raise ConfigError(f"{_SETTING}: {error}") from error
    try:
        return LanguageCodec.from_spec(file.spec["codec"])
    except (KeyError, TypeError, ModelFileError) as error:
        raise ConfigError(f"{_SETTING}: {directory} is a {file.task}, not a language model") from error


def load_reader(directory: Path | None, codec: WordCodec) -> "TokenReader | None":
    """Load the network of a language model.

    Args:
        directory: The directory of its run; None for a network that reads no states of a language model.
        codec: The codec of the network that reads its states.

    Raises:
        ConfigError: The directory contains no finished run of a language model, or its vocabulary is not the
            one with which the corpus was encoded.
    """
    from seqnlp.layers.token_reader import TokenReader
    from seqnlp.training.networks import load_network

    if directory is None:
        if codec.language is not None:
            raise ConfigError(f"the corpus was prepared with a language model; give {_SETTING}")
        return None
    if codec.language != read_language_codec(directory):
        raise ConfigError(
            f"{_SETTING}: the corpus was not prepared with the language model {directory}; prepare it again"
        )
    try:
        network: Network = load_network(RunDirectory(directory).network)
    except ModelFileError as error:
        raise ConfigError(f"{_SETTING}: {error}") from error
    if not isinstance(network, TokenReader):
        raise ConfigError(f"{_SETTING}: {directory} does not contain the network of a language model")
    return network


def check_same_model(directory: Path, run: RunDirectory) -> None:
    """Check on resuming that the language model is that of the start, and remember it for later.

    Args:
        directory: The directory of the run of the language model.
        run: The run that reads its states.

    Raises:
        DataError: The language model has changed since the run started.
    """
    found, remembered = checksum(RunDirectory(directory).network), run.checkpoints / "states.txt"
    if run.checkpoint.exists() and remembered.exists() and remembered.read_text(encoding="utf-8") != found:
        raise DataError(
            f"{_SETTING}: {directory} has changed since the run started; restore it or start a new run"
        )
    atomic_write_text(remembered, found)
