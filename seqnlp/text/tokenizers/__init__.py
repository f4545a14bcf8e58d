"""Tokenizers: split texts into tokens with exact character offsets. Each is imported when it is used."""

from collections.abc import Callable, Mapping

from seqnlp.errors import ConfigError
from seqnlp.text.tokenizers.token import Token, Tokenizer
from seqnlp.types import JsonObject

__all__ = ["NAMES", "Token", "Tokenizer", "get_tokenizer"]


def _words(spec: JsonObject) -> Tokenizer:
    from seqnlp.text.tokenizers import words

    return words.load()


def _whitespace(spec: JsonObject) -> Tokenizer:
    from seqnlp.text.tokenizers import whitespace

    return whitespace.load()


def _tweets(spec: JsonObject) -> Tokenizer:
    from seqnlp.text.tokenizers import tweets

    return tweets.load()


def _characters(spec: JsonObject) -> Tokenizer:
    from seqnlp.text.tokenizers import characters

    return characters.load()


def _subwords(spec: JsonObject) -> Tokenizer:
    from seqnlp.text.tokenizers.subwords import Subwords

    return Subwords.from_spec(spec)


_FACTORIES: Mapping[str, Callable[[JsonObject], Tokenizer]] = {
    "words": _words,
    "whitespace": _whitespace,
    "tweets": _tweets,
    "characters": _characters,
    "subwords": _subwords,
}

NAMES = tuple(_FACTORIES)
"""The names of all tokenizers."""


def get_tokenizer(spec: str | JsonObject) -> Tokenizer:
    """Return a tokenizer.

    Args:
        spec: The name of the tokenizer, or the result of its `to_spec`. `subwords` needs its vocabulary.

    Returns:
        The tokenizer. Tokenizers without settings are cached.

    Raises:
        ConfigError: No tokenizer has this name, or a setting is missing.
        ModelFileError: The spec is damaged.

    Example:
        >>> [token.text for token in get_tokenizer("words").tokenize("She's here.")]
        ['She', "'s", 'here', '.']
    """
    if isinstance(spec, str):
        spec = {"name": spec}
    name = str(spec.get("name"))
    if name not in _FACTORIES:
        raise ConfigError(_unknown(name))
    return _FACTORIES[name](spec)


def _unknown(name: str) -> str:
    from difflib import get_close_matches

    nearest = get_close_matches(name, NAMES, n=1, cutoff=0.5)
    hint = f"did you mean '{nearest[0]}'?" if nearest else f"choose from {', '.join(NAMES)}"
    return f"unknown tokenizer '{name}'; {hint}"
