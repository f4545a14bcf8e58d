"""The overlap of texts."""

from benchmarks.overlap import shares


def test_shares_ignore_case_and_punctuation() -> None:
    texts = ["A good film, to see.", "a film", "Nothing in common here"]
    assert shares(texts, ["It's a GOOD film", "to see"], 3) == [1 / 3, None, 0.0]
