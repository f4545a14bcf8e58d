"""The output of `seqnlp predict`: written as a whole, or so that an interrupted command can continue."""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple
from zlib import crc32

from seqnlp.cli.streams import follow_link, output_file
from seqnlp.errors import DataError
from seqnlp.files import atomic_write_text, remove_leftovers_of
from seqnlp.serving.items import Item


@dataclass
class Output:
    """An open output.

    Attributes:
        file: The file.
    """

    file: BinaryIO

    @property
    def started(self) -> bool:
        """True if the file already contains output of an interrupted command."""
        return False

    @property
    def done(self) -> int:
        """The number of items that are done."""
        return 0

    def skip(self, items: Iterable[Item]) -> Iterable[Item]:
        """Return the items that are not done yet."""
        return items

    def write(self, text: bytes, items: Sequence[Item] = ()) -> None:
        """Write the predictions of items."""
        self.end(text)

    def end(self, text: bytes) -> None:
        """Write the text after the last prediction. An interrupted command writes it again."""
        self.file.write(text)
        self.file.flush()


@contextmanager
def whole_output(target: Path) -> Iterator[Output]:
    """Open an output that is written completely or not at all, unless it is a stream.

    Raises:
        DataError: The file cannot be written.
    """
    with output_file(target) as file:
        yield Output(file)


class State(NamedTuple):
    """The progress of a command.

    Attributes:
        command: Identifies the model and the options.
        size: The number of bytes of output that belong to finished items.
        done: The number of finished items.
        checksum: The checksum of the finished items.
    """

    command: str
    size: int = 0
    done: int = 0
    checksum: int = 0

    def advance(self, text: bytes, items: Iterable[Item]) -> "State":
        """Return the state after more items, whose output is a text."""
        size, done, checksum = self.size + len(text), self.done, self.checksum
        for item in items:
            done += 1
            checksum = crc32(repr(item).encode("utf-8", "surrogatepass"), checksum)
        return State(self.command, size, done, checksum)


@dataclass
class ResumableOutput(Output):
    """An output that keeps the predictions and the progress of an interrupted command.

    Attributes:
        file: The file.
        state: The progress.
        path: The file of the state.
        name: The name of the input, for messages.
    """

    state: State
    path: Path
    name: str

    @property
    def started(self) -> bool:
        """True if the file already contains output of an interrupted command."""
        return self.state.size > 0

    @property
    def done(self) -> int:
        """The number of items that are done."""
        return self.state.done

    def skip(self, items: Iterable[Item]) -> Iterable[Item]:
        """Return the items that are not done yet.

        Raises:
            DataError: The items before them are not those of the interrupted command.
        """
        rest = iter(items)
        found = State("").advance(b"", islice(rest, self.state.done))
        if (found.done, found.checksum) != (self.state.done, self.state.checksum):
            raise DataError(
                f"inputs up to number {self.state.done:,} have changed since the interrupted command; "
                f"delete {self.path} to start again",
                self.name,
            )
        return rest

    def write(self, text: bytes, items: Sequence[Item] = ()) -> None:
        """Write the predictions of items, and save the progress."""
        super().write(text)
        os.fsync(self.file.fileno())  # the state must not be newer than the output
        self.state = self.state.advance(text, items)
        _write_state(self.path, self.state)


@contextmanager
def resumable_output(target: Path, command: str, name: str) -> Iterator[Output]:
    """Open an output that continues that of an interrupted command with the same model and options.

    Until the end, the predictions are in `NAME.partial`, and the state is in `NAME.partial.json`. An error
    before the first prediction leaves neither.

    Args:
        target: The output file.
        command: Identifies the model and the options.
        name: The name of the input, for messages.

    Raises:
        DataError: The files cannot be read or written, belong to another command, or are in use.
    """
    place = follow_link(target)
    partial, path = (place.with_name(place.name + ending) for ending in (".partial", ".partial.json"))
    try:
        if place.is_dir():
            raise DataError("is a directory", target)
        if not path.exists():
            _start(path, partial, command)
        with _locked(partial) as file:
            remove_leftovers_of(path)
            output = ResumableOutput(file, _read_state(path, partial, command), path, name)
            file.truncate(output.state.size)
            try:
                yield output
                os.fsync(file.fileno())
                partial.replace(place)
                path.unlink(missing_ok=True)
            finally:
                if not output.started:
                    file.truncate(0)
                    path.unlink(missing_ok=True)
    except OSError as error:
        raise DataError(error.strerror or str(error), target) from error


def _start(path: Path, partial: Path, command: str) -> None:
    """Write the state of a new command, before there is any output.

    Raises:
        DataError: There is output without a state.
    """
    if partial.exists() and partial.stat().st_size:
        raise DataError(f"{path.name} is missing; delete this file to start again", partial)
    _write_state(path, State(command))


@contextmanager
def _locked(path: Path) -> Iterator[BinaryIO]:
    """Open a file to append to it, and lock it for this process. At the end it is removed if it is empty.

    The system releases the lock if the process dies.

    Raises:
        DataError: Another process has locked it.
    """
    import fcntl  # it exists on POSIX systems only, and other outputs need no lock

    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not os.path.samestat(os.fstat(file.fileno()), path.stat()):
                raise FileNotFoundError
        except (BlockingIOError, FileNotFoundError):  # its owner writes it, or has just finished it
            raise DataError("is in use by another process", path) from None
        try:
            yield file
        finally:
            if not os.fstat(file.fileno()).st_size:
                path.unlink(missing_ok=True)


def _read_state(path: Path, partial: Path, command: str) -> State:
    """Return the state of an interrupted command."""
    try:
        state = State(**json.loads(path.read_text("utf-8")))
        size = partial.stat().st_size
        complete = state.size <= size
    except (ValueError, TypeError) as error:
        raise DataError(f"is damaged ({error}); delete it to start again", path) from None
    if state.command != command:
        raise DataError("belongs to another model or other options; delete it to start again", path)
    if not complete and size:
        raise DataError(f"does not fit {partial.name}; delete both to start again", path)
    # A command that was killed at its very end leaves its state without the partial output.
    return state if complete else State(command)


def _write_state(path: Path, state: State) -> None:
    atomic_write_text(path, json.dumps(state._asdict()))
