from hypothesis import given
from hypothesis import strategies as st

from seqnlp.corpora.checks.pairs import PairSummary
from seqnlp.records import Origin, SentencePair

SIDE = st.lists(st.sampled_from(["a", "bb"]), max_size=4).map(" ".join)


def test_pairs_are_counted_as_they_pass() -> None:
    pairs = [
        SentencePair("a b c", "x", Origin("f", 1)),
        SentencePair("a", " "),
        SentencePair("a b c", "x", Origin("f", 3)),
        SentencePair("a", "u v w x", Origin("f", 4)),
    ]
    summary = PairSummary()
    assert list(summary.counting(pairs)) == pairs
    assert (summary.records, summary.repeated) == (4, 1)
    assert (summary.source.empty, summary.target.empty) == (0, 1)
    assert (summary.source.characters, summary.target.characters) == (12, 10)
    assert (summary.source.lengths, summary.target.lengths) == ({3: 2, 1: 2}, {1: 2, 0: 1, 4: 1})
    assert summary.widest is not None
    assert (summary.widest.ratio, summary.widest.origin) == (4.0, Origin("f", 4))


@given(st.lists(st.tuples(SIDE, SIDE)))
def test_repetitions_and_ratios_agree_with_a_direct_count(sides: list[tuple[str, str]]) -> None:
    summary = PairSummary()
    for source, target in sides:
        summary.add(SentencePair(source, target))
    assert summary.repeated == len(sides) - len(set(sides))
    ratios = [
        max(words) / min(words)
        for words in ([len(side.split()) for side in pair] for pair in sides)
        if all(words)
    ]
    assert (summary.widest.ratio if summary.widest else None) == max(ratios, default=None)
