"""A set of strings that a model file can carry without telling them."""

import base64
import binascii
from collections.abc import Iterable
from hashlib import blake2b

_BYTES = 8


class Fingerprints:
    """Remembers tuples of strings as hashes of 64 bits, such as the surfaces that training had.

    Seen and unseen entities have to be told apart long after training. Kept like this an entity takes 11
    characters of the model file, and nobody reads the training data out of it, though who knows a name can
    ask whether it was there. Among n members another tuple is taken for one with probability n / 2^64.

    Args:
        items: The tuples.

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

    def to_text(self) -> str:
        """Write the hashes in sorted order as Base64; the same items give the same text."""
        return base64.b64encode(b"".join(sorted(self._hashes))).decode("ascii")

    @classmethod
    def from_text(cls, text: str) -> "Fingerprints":
        """Read what `to_text` wrote.

        Raises:
            ValueError: The text is something else.
        """
        try:
            raw = base64.b64decode(text, validate=True)
        except binascii.Error as error:
            raise ValueError(f"fingerprints are not Base64: {error}") from error
        if len(raw) % _BYTES:
            raise ValueError(f"fingerprints of {len(raw)} bytes are no multiple of {_BYTES}")
        read = cls()
        read._hashes = frozenset(raw[place : place + _BYTES] for place in range(0, len(raw), _BYTES))
        return read


def _hash(item: tuple[str, ...]) -> bytes:
    parts = (f"{len(part)}:{part}" for part in item)
    return blake2b("".join(parts).encode("utf-8", "surrogatepass"), digest_size=_BYTES).digest()
