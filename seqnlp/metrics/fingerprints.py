"""A set of strings, stored as hashes so that a model file does not contain the strings."""

import base64
import binascii
from collections.abc import Iterable
from hashlib import blake2b

_BYTES = 8


class Fingerprints:
    """A set of tuples of strings, stored as 64-bit hashes.

    Evaluation uses it to separate entities that occur in the training data from others. An entity takes 11
    characters in the model file. The strings cannot be restored from the hashes, but you can test whether a
    given tuple is in the set. With n members, the probability of a false positive is n / 2^64.

    Args:
        items: The tuples to store.

    Example:
        >>> ("Ada Lovelace", "PER") in Fingerprints([("Ada Lovelace", "PER")])
        True
    """

    def __init__(self, items: Iterable[tuple[str, ...]] = ()) -> None:
        self._hashes = frozenset(_hash(item) for item in items)

    def __contains__(self, item: object) -> bool:
        return isinstance(item, tuple) and _hash(item) in self._hashes

    def __len__(self) -> int:
        return len(self._hashes)

    def __or__(self, other: "Fingerprints") -> "Fingerprints":
        joined = Fingerprints()
        joined._hashes = self._hashes | other._hashes
        return joined

    def to_text(self) -> str:
        """Return the sorted hashes as Base64. Equal sets give equal text."""
        return base64.b64encode(b"".join(sorted(self._hashes))).decode("ascii")

    @classmethod
    def from_text(cls, text: str) -> "Fingerprints":
        """Restore a set from the text that `to_text` returned.

        Raises:
            ValueError: The text was not written by `to_text`.
        """
        try:
            raw = base64.b64decode(text, validate=True)
        except binascii.Error as error:
            raise ValueError(f"fingerprints are not Base64: {error}") from error
        if len(raw) % _BYTES:
            raise ValueError(f"fingerprints of {len(raw)} bytes are not a multiple of {_BYTES}")
        read = cls()
        read._hashes = frozenset(raw[place : place + _BYTES] for place in range(0, len(raw), _BYTES))
        return read


def _hash(item: tuple[str, ...]) -> bytes:
    parts = (f"{len(part)}:{part}" for part in item)
    return blake2b("".join(parts).encode("utf-8", "surrogatepass"), digest_size=_BYTES).digest()
