"""Moses tokens."""

import pytest

pytest.importorskip("sacremoses")

from benchmarks.tokenized_bleu import moses


def test_tokens_equal_those_split_by_hand() -> None:
    assert moses(["Ein Mann in „Blau“, 3,5 m weit.", "z. B. Fahrräder!"], "de") == [
        'ein mann in " blau " , 3,5 m weit .',
        "z. b. fahrräder !",
    ]
