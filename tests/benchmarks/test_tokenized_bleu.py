"""Texts as Moses cuts them."""

import pytest

pytest.importorskip("sacremoses")

from benchmarks.tokenized_bleu import moses


def test_tokens_by_hand() -> None:
    assert moses(["Ein Mann in „Blau“, 3,5 m weit.", "z. B. Fahrräder!"], "de") == [
        'ein mann in " blau " , 3,5 m weit .',
        "z. b. fahrräder !",
    ]
