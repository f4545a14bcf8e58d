"""Tokenizers: split texts into tokens with exact character offsets."""

from collections.abc import Callable, Mapping
from typing import Any

from seqnlp.errors import ConfigError
from seqnlp.text.tokenizers import characters, tweets, whitespace, words
from seqnlp.text.tokenizers.subwords import Subwords
from seqnlp.text.tokenizers.token import Token, Tokenizer

__all__ = ["NAMES", "Subwords", "Token", "Tokenizer", "tokenizer"]

_MAKERS: Mapping[str, Callable[[Mapping[str, Any]], Tokenizer]] = {
    "words": lambda spec: words.make(),
    "whitespace": lambda spec: whitespace.make(),
    "tweets": lambda spec: tweets.make(),
    "characters": lambda spec: characters.make(),
    "subwords": Subwords.from_spec,
}

NAMES = tuple(_MAKERS)
"""The names of all tokenizers."""


def tokenizer(spec: str | Mapping[str, Any]) -> Tokenizer:
    """Return a tokenizer.

    Args:
        spec: The name of the tokenizer, or the result of its `spec()`. `subwords` needs its vocabulary.

    Returns:
        The tokenizer. Tokenizers without settings are cached.

    Raises:
        ConfigError: No tokenizer has this name, or a setting is missing.
        ModelFileError: The spec is damaged.

    Example:
        >>> [token.text for token in tokenizer("words").tokenize("She's here.")]
        ['She', "'s", 'here', '.']
    """
    if isinstance(spec, str):
        spec = {"name": spec}
    name = str(spec.get("name"))
    if name not in _MAKERS:
        raise ConfigError(_unknown(name))
    return _MAKERS[name](spec)


def _unknown(name: str) -> str:
    from difflib import get_close_matches

    nearest = get_close_matches(name, NAMES, n=1, cutoff=0.5)
    hint = f"did you mean '{nearest[0]}'?" if nearest else f"choose from {', '.join(NAMES)}"
    return f"unknown tokenizer '{name}'; {hint}"
