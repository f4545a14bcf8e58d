"""The units of the tokens of language models: characters, subwords, words and the tokens of ABC notation."""

from seqnlp.data.token_units.abc_notation import AbcUnit
from seqnlp.data.token_units.characters import CharacterUnit
from seqnlp.data.token_units.subwords import SubwordUnit
from seqnlp.data.token_units.token_unit import TokenUnit
from seqnlp.data.token_units.words import WordUnit
from seqnlp.errors import ConfigError

__all__ = ["TOKEN_UNITS", "TokenUnit", "get_unit"]

TOKEN_UNITS: dict[str, type[TokenUnit]] = {
    unit.name: unit for unit in (CharacterUnit, SubwordUnit, WordUnit, AbcUnit)
}
"""The units of tokens by name."""


def get_unit(name: str) -> type[TokenUnit]:
    """Return the unit of tokens with a name.

    Raises:
        ConfigError: The name is unknown.

    Example:
        >>> get_unit("words").min_count
        3
    """
    if name not in TOKEN_UNITS:
        raise ConfigError(f"unknown unit of tokens {name!r}; known: {', '.join(TOKEN_UNITS)}")
    return TOKEN_UNITS[name]
