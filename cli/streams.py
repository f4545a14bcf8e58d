"""Input and output streams: files, and standard input and output under the name `-`."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from importlib import import_module
from io import TextIOWrapper
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO, cast

from seqnlp.errors import ConfigError, DataError
from seqnlp.files import atomic_write

if TYPE_CHECKING:
    from io import BufferedReader

    from seqnlp.text.utf8 import Line

STANDARD = Path("-")
_BLOCK = 1 << 16
"""Maximum number of bytes to read at once from standard input."""


def read_argument(text: str) -> str:
    """Return a text from the command line. It may be UTF-8 although the locale is ASCII."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return os.fsencode(text).decode("utf-8", "surrogateescape")
    return text


class InputLines:
    """The lines of a UTF-8 file, plain or gzipped, or of standard input.

    Iteration raises `DataError` if the file cannot be read. Bytes that are not UTF-8 become lone surrogates,
    which readers report.

    Args:
        source: The file.

    Attributes:
        name: The name of the file, for messages.
        idle: Whether standard input has no more lines at the moment, so the next one may take long to arrive.
    """

    def __init__(self, source: Path) -> None:
        self.source = source
        self.name = "standard input" if source == STANDARD else str(source)
        self.idle = False

    def __iter__(self) -> "Iterator[Line]":
        """Yield the number and the text of each line."""
        from seqnlp.corpora.formats.lines import read_lines  # not for a text on the command line

        return self._standard_input() if self.source == STANDARD else read_lines(self.source)

    def _standard_input(self) -> "Iterator[Line]":
        for number, line in enumerate(self._raw_lines(), 1):
            yield number, line.decode("utf-8", "surrogateescape").removeprefix("\ufeff").removesuffix("\r")

    def _raw_lines(self) -> Iterator[bytes]:
        partial: list[bytes] = []
        stdin = cast("BufferedReader", sys.stdin.buffer)
        while block := self._read(stdin):
            *whole, rest = block.split(b"\n")
            for number, line in enumerate(whole, 1):
                self.idle = number == len(whole) and len(block) < _BLOCK
                yield b"".join((*partial, line))
                partial = []
            partial.append(rest)
        last = b"".join(partial)
        if last:
            yield last

    def _read(self, stdin: "BufferedReader") -> bytes:
        try:
            return stdin.read1(_BLOCK)
        except OSError as error:
            raise DataError(error.strerror or str(error), self.name) from error


class PromptedLines:
    """Lines that a user types after a prompt. Ctrl-D ends the input."""

    name = "standard input"
    idle = True
    """The user waits for each answer."""

    def __iter__(self) -> "Iterator[Line]":
        """Yield the number and the text of each line."""
        with suppress(ImportError):
            import_module("readline")  # adds line editing and a history

        for number in count(1):
            try:
                line = input("> ")
            except EOFError:
                print(file=sys.stderr)
                return
            yield number, line


class _Messages(TextIOWrapper):
    """Standard error. A message that cannot be written is lost, and the command goes on.

    The disk may be full, the terminal may be gone, or the reader of a pipe may have stopped. That should not
    end hours of training.

    Args:
        stream: The stream to replace. It has to live on, because its end closes the buffer.
    """

    def __init__(self, stream: TextIOWrapper) -> None:
        super().__init__(stream.buffer, stream.encoding, errors="backslashreplace", line_buffering=True)
        self._replaced = stream

    def write(self, text: str) -> int:
        """Write a message."""
        with self._losing():
            super().write(text)
        return len(text)

    def flush(self) -> None:
        """Flush the messages."""
        with self._losing():
            super().flush()

    @contextmanager
    def _losing(self) -> Iterator[None]:
        try:
            yield
        except OSError:
            silence(self)


def silence(stream: TextIO) -> None:
    """Let a stream that cannot be written go to the null device, so that nothing tries again."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)


def repair_streams() -> None:
    """Replace closed standard streams, so that no file gets their number, and escape what they cannot encode.

    A closed standard input is empty. A standard error that is closed or cannot be written swallows messages.
    Writing to a closed standard output is an error.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass  # it got the lowest free number
    os.close(number)
    if sys.stdin is None:
        sys.stdin = _open_null(os.O_RDONLY, "r")
    if sys.stdout is None:
        sys.stdout = _open_null(os.O_RDONLY, "w")
    if sys.stderr is None:
        sys.stderr = _open_null(os.O_WRONLY, "w")
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    if isinstance(sys.stderr, TextIOWrapper) and not isinstance(sys.stderr, _Messages):
        sys.stderr = _Messages(sys.stderr)


def _open_null(flags: int, mode: str) -> TextIO:
    return cast("TextIO", os.fdopen(os.open(os.devnull, flags), mode, encoding="utf-8"))


def follow_link(target: Path) -> Path:
    """Return the file to replace: the target of a link, not the link."""
    return target.resolve() if target.is_symlink() else target


@contextmanager
def output_file(target: Path) -> Iterator[BinaryIO]:
    """Open an output file. It is written completely or not at all, unless it is a stream or a device.

    Raises:
        DataError: The file cannot be written.
    """
    if target == STANDARD:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    place = follow_link(target)
    whole = place.is_file() or not place.exists()
    try:
        with atomic_write(place) if whole else nullcontext(place) as path, path.open("wb") as file:
            yield file
    except OSError as error:
        raise DataError(error.strerror or str(error), target) from error


def is_dumb() -> bool:
    """Return whether the terminal understands no control sequences."""
    return os.environ.get("TERM") == "dumb"


def readable(path: Path) -> Path:
    """Return the path under which a corpus file can be opened: `-` is standard input."""
    return Path("/dev/stdin") if path == STANDARD else path


def has_colours() -> bool:
    """Return whether the user wants colours on the terminal: not with `NO_COLOR` (no-color.org)."""
    return not os.environ.get("NO_COLOR") and not is_dumb()


def check_separate(output: Path | None, *inputs: Path | None) -> None:
    """Check that an output does not replace an input.

    Raises:
        ConfigError: It is the same file as an input.
    """
    if output is not None and output.exists():
        for path in inputs:
            if path is not None and path.exists() and path.samefile(output):
                raise ConfigError(f"{output} is also an input; choose another file for the output")


def check_outside(output: Path | None, source: Path | None) -> None:
    """Check that an output does not replace a file in a folder of inputs.

    Raises:
        ConfigError: It does.
    """
    if output is None or source is None or not (source.is_dir() and output.exists()):
        return
    if output.resolve().is_relative_to(source.resolve()):
        raise ConfigError(f"{output} is also an input; choose another file for the output")


def encoded(line: str) -> bytes:
    """Return a line as bytes."""
    return encoded_text(line) + b"\n"


def encoded_text(text: str) -> bytes:
    """Return a text as bytes. Lone surrogates, from a command line that is not UTF-8, become escapes."""
    return text.encode("utf-8", "backslashreplace")
