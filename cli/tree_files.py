"""Files of trees, as the command line names them."""

from seqnlp.errors import ConfigError

FORMAT = "trees"
"""The one format of trees."""


def check_format(name: str | None) -> None:
    """Make sure that a format, if one is named, is that of trees.

    Raises:
        ConfigError: It is another.
    """
    if name not in (None, FORMAT):
        raise ConfigError(f"unknown format {name!r} of trees; known: {FORMAT}")
