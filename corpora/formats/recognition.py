"""Recognize the kind of record in a file by its format or its first records."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from os.path import exists, isdir, isfile
from pathlib import Path
from typing import Any

from seqnlp.corpora.formats.reader import AnyReader, check_format, unknown_ending
from seqnlp.errors import ConfigError


def recognize(path: Path | str, readers: Sequence[AnyReader], options: Mapping[str, Any]) -> AnyReader:
    """Return the reader of a file.

    If only one reader has all given options, it is the reader of the file. Otherwise, the candidates are the
    readers with these options that know the format, by rank and then in the given order. The first candidate
    that can read one of the first records is returned, or the last candidate if none can.

    Args:
        path: The file or folder.
        readers: The readers. Of two with the same rank, the first one has priority.
        options: The options of the user, by name. None means not given.

    Raises:
        ConfigError: No reader has these options or knows the format, or an option is invalid for all readers,
            or several are possible and the file is a pipe.
    """
    chosen = {name: value for name, value in options.items() if value is not None}
    ranked = sorted(readers, key=lambda each: each.rank)
    able = [each for each in ranked if chosen.keys() <= {field.name for field in fields(each.options)}]
    if not able:
        raise ConfigError(f"no file format has all of these options: {', '.join(chosen)}")
    formats = {name: each for reader in able for name, each in reader.formats.items()}
    if "format" in chosen:
        check_format(chosen["format"], formats)
    if len(able) == 1:
        return able[0]
    candidates, invalid = [], []
    for each in able:
        try:
            choices = each.options(**chosen)
        except ConfigError as error:
            invalid.append(error)
            continue
        if each.knows(path, choices):
            candidates.append((each, choices))
    if not candidates:
        raise invalid[0] if invalid else ConfigError(unknown_ending(path, formats))
    *several, (last, _) = candidates
    if several and exists(path) and not (isfile(path) or isdir(path)):
        raise ConfigError(f"{path}: can be read only once; choose what it contains with --task")
    return next((each for each, choices in several if each.recognizes(path, choices)), last)
