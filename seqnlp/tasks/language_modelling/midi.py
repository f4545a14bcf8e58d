"""Tunes in ABC notation as MIDI files. Needs music21."""

import warnings
from importlib.util import find_spec
from pathlib import Path

from seqnlp.errors import ConfigError, DataError
from seqnlp.files import atomic_write
from seqnlp.text.tunes import plain_tune


def require_music21() -> None:
    """Check that music21 is installed.

    Raises:
        ConfigError: It is not.
    """
    if find_spec("music21") is None:
        raise ConfigError("MIDI files need music21; install seqnlp with its extra: pip install -e '.[music]'")


def make_folder(path: Path | str) -> Path:
    """Return a folder, and create it if it does not exist.

    Raises:
        DataError: It cannot be created.
    """
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(error.strerror or str(error), path) from error
    return folder


def write_midi(tune: str, path: Path | str) -> None:
    r"""Write the melody of a tune as a MIDI file. Chord symbols are not played.

    Args:
        tune: A tune in ABC notation.
        path: The file, which is written completely or not at all.

    Raises:
        ConfigError: music21 is not installed.
        DataError: The text is no tune, or the file cannot be written.

    Example:
        >>> write_midi("M:6/8\nK:D\n|:d2e fed:|", "tune.mid")
    """
    content = tune_to_midi(tune)
    try:
        with atomic_write(Path(path)) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        raise DataError(error.strerror or str(error), path) from error


def tune_to_midi(tune: str) -> bytes:
    """Return the melody of a tune as the content of a MIDI file.

    Repeats are played. If music21 cannot follow them, everything is played once.

    Args:
        tune: A tune in ABC notation.

    Raises:
        ConfigError: music21 is not installed.
        DataError: The text is no tune.
    """
    require_music21()
    from music21 import converter
    from music21.midi.translate import streamToMidiFile
    from music21.stream import Part

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # music21 has no common class of errors, and raises many others.
        try:
            score = converter.parseData(f"X:1\n{plain_tune(tune)}\n", format="abc")
            notes = list(score.flatten().notesAndRests)
            if not score.recurse().notes:
                raise ValueError("it has no notes")
        except Exception as error:
            raise DataError(f"this is no tune in ABC notation that can be played ({error!r})") from error
        try:
            content: bytes = streamToMidiFile(score).writestr()
        except Exception:
            part = Part()
            part.append(notes)
            content = streamToMidiFile(part).writestr()
    return content
