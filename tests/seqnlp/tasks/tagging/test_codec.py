"""The codec of a tagger: sentences to arrays and back."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.data.batching import Batch
from seqnlp.data.words import EncodedWords
from seqnlp.errors import ModelFileError
from seqnlp.tasks.tagging.codec import TaggingCodec
from seqnlp.text.schemes import check_tags, convert, to_spans
from seqnlp.text.vocabulary import PADDING, UNKNOWN, WordForm

TRAINING = [
    ("Ada Lovelace lived in London".split(), "B-PER E-PER O O S-LOC".split()),
    ("In 1843 Ada was 28 in LONDON".split(), "O O S-PER O O O S-LOC".split()),
    ("Łódź is not in London".split(), "S-LOC O O O S-LOC".split()),
]


@pytest.fixture(scope="module")
def codec() -> TaggingCodec:
    learned = TaggingCodec.learn(TRAINING, "iobes", WordForm(lower=True, digits=True))
    return replace(learned, max_length=7, context=2, max_word_length=6)


WORD = st.one_of(
    st.sampled_from("Ada Lovelace LONDON London in 1843 77 Łódź unheard-of 👍🏽".split()),
    st.text(min_size=1, max_size=12),
)
SENTENCES = st.lists(st.lists(WORD, min_size=1, max_size=20), min_size=1, max_size=6)


def whole(encoded: EncodedWords) -> Batch:
    lengths = encoded.windows.lengths
    return Batch(np.arange(len(lengths)), len(lengths), int(lengths.max()))


def characters_of(word: str, codec: TaggingCodec) -> list[int]:
    """The expected ids: words with more than six characters keep the first and last three."""
    short = word if len(word) <= 6 else word[:3] + word[-3:]
    known = {entry: number for number, entry in enumerate(codec.characters.entries, 2)}
    return [known.get(character, UNKNOWN) for character in short]


def test_vocabularies_contain_normalised_words_and_original_characters(codec: TaggingCodec) -> None:
    assert codec.words.entries[:3] == ("in", "london", "ada")
    assert "0000" in codec.words
    assert "London" not in codec.words
    assert set(codec.characters.entries) == {c for words, _ in TRAINING for word in words for c in word}
    assert codec.frequent == ("in", "Ada", "London")


def test_every_label_has_all_prefixes(codec: TaggingCodec) -> None:
    forms = {f"{prefix}-{label}" for prefix in "BIES" for label in ("PER", "LOC")}
    assert set(codec.labels.entries) == {"O", *forms}
    plain = TaggingCodec.learn([(["a", "b"], ["DT", "NN"])], "plain", WordForm())
    assert set(plain.labels.entries) == {"DT", "NN"}


@given(sentences=SENTENCES)
def test_every_row_contains_the_words_of_its_sentence(codec: TaggingCodec, sentences) -> None:
    encoded = codec.encode(sentences)
    words = [word for sentence in sentences for word in sentence]
    forms = {entry: number for number, entry in enumerate(codec.words.entries, 2)}
    arrays = encoded.batch(whole(encoded))
    assert {array.dtype for array in arrays.values()} == {np.dtype(np.int32)}
    for row, (start, length) in enumerate(zip(encoded.windows.starts, encoded.windows.lengths, strict=True)):
        here = words[start : start + length]
        assert arrays["lengths"][row] == length <= 7
        assert arrays["words"][row, :length].tolist() == [
            forms.get(codec.form(word), UNKNOWN) for word in here
        ]
        assert (arrays["words"][row, length:] == PADDING).all()
        for place, word in enumerate(here):
            spelled = arrays["characters"][arrays["spellings"][row, place]]
            expected = characters_of(word, codec)
            assert spelled[: len(expected)].tolist() == expected
            assert (spelled[len(expected) :] == PADDING).all()


@given(sentences=SENTENCES, data=st.data())
def test_tags_survive_any_order_of_batches(codec: TaggingCodec, sentences, data) -> None:
    tags = [
        data.draw(st.lists(st.sampled_from(codec.labels.entries), min_size=len(s), max_size=len(s)))
        for s in sentences
    ]
    legal = [convert(each, "iobes", "iobes") for each in tags]
    encoded = codec.encode(sentences, legal)
    rows = data.draw(st.permutations(range(len(encoded.windows.lengths))))
    size = data.draw(st.integers(1, len(rows)))
    ids = np.full(len(encoded.words), -5, np.int32)
    for first in range(0, len(rows), size):
        part = np.array(rows[first : first + size])
        batch = Batch(part, len(part) + 1, int(encoded.windows.lengths[part].max()) + 1)
        arrays = encoded.batch(batch)
        encoded.windows.join(batch, arrays["tags"], ids)
    found = codec.decode(ids, [len(sentence) for sentence in sentences])
    assert found == [convert(each, "iobes", "bio") for each in legal]


@given(sentences=SENTENCES, data=st.data())
def test_words_have_the_same_characters_in_every_batch(codec: TaggingCodec, sentences, data) -> None:
    """However rows are grouped, and whether or not characters are cached, a token has the same characters."""
    caching = replace(codec, caches_characters=True)
    words = [word for sentence in sentences for word in sentence]
    for each in (codec, caching):
        encoded = each.encode(sentences)
        starts, lengths = encoded.windows.starts, encoded.windows.lengths
        rows = np.array(data.draw(st.permutations(range(len(lengths)))))[
            : data.draw(st.integers(1, len(lengths)))
        ]
        arrays = encoded.batch(Batch(rows, len(rows), int(lengths[rows].max())))
        known = list(each.frequent) if each.caches_characters else []
        assert encoded.cached_words == len(known)
        assert arrays["characters"].shape[0] >= 1
        assert arrays["characters"].shape[1] >= 1
        table = [characters_of(word, codec) for word in known]
        table += [[number for number in row if number] for row in arrays["characters"].tolist()]
        for row, number in enumerate(rows):
            for place in range(lengths[number]):
                word = words[starts[number] + place]
                assert table[arrays["spellings"][row, place]] == characters_of(word, codec)
        fresh = {words[starts[n] + place] for n in rows for place in range(lengths[n])} - set(known)
        if len(rows) < len(lengths):
            assert len(arrays["characters"]) == max(1, len(fresh))


def test_unknown_words_characters_and_tags_have_reserved_ids(codec: TaggingCodec) -> None:
    encoded = codec.encode([["ŻÓŁĆ", "london", "9999"]], [["S-ORG", "S-LOC", "O"]])
    assert encoded.words.tolist()[0] == UNKNOWN
    assert encoded.words.tolist()[1:] == codec.words.ids(["london", "0000"])
    assert encoded.characters[0, :4].tolist() == [UNKNOWN, UNKNOWN, *codec.characters.ids("Ł"), UNKNOWN]
    assert encoded.tags is not None
    assert encoded.tags.tolist() == [-1, codec.labels["S-LOC"], codec.labels["O"]]
    assert codec.unknown_labels([["B-ORG", "I-ORG", "O"], ["B-PER"]]) == ["ORG"]


def test_long_words_keep_both_ends(codec: TaggingCodec) -> None:
    (row,) = codec.encode_characters(["Lon" + "x" * 300_000 + "don"])
    assert row.tolist() == codec.characters.ids("Londondon"[:3] + "don")


@given(sentences=SENTENCES, caching=st.booleans())
def test_the_spec_restores_the_codec(codec: TaggingCodec, sentences, caching) -> None:
    learned = TaggingCodec.learn(
        [*TRAINING, *((words, ["O"] * len(words)) for words in sentences)], "iobes", WordForm(digits=True)
    )
    learned = replace(learned, caches_characters=caching, max_length=9, context=1, max_word_length=4)
    restored = TaggingCodec.from_spec(json.loads(json.dumps(learned.to_spec())))
    assert restored == learned
    one, other = restored.encode(sentences), learned.encode(sentences)
    for field in ("words", "spellings", "characters"):
        np.testing.assert_array_equal(getattr(one, field), getattr(other, field))


@pytest.mark.parametrize(
    "change",
    [
        {"words": {}},
        {"labels": {"closed": True, "entries": ["O", "O"]}},
        {"form": {"colour": True}},
        {"max_length": "many"},
        {"max_length": 4, "context": 2},
        {"context": -1},
        {"max_word_length": 1},
        {"scheme": "bio"},
        {"frequent": 3},
        {"tokenizer": 3},
    ],
)
def test_a_damaged_spec_is_an_error(codec: TaggingCodec, change: dict[str, object]) -> None:
    with pytest.raises(ModelFileError, match="damaged"):
        TaggingCodec.from_spec({**codec.to_spec(), **change})


@given(data=st.data(), lengths=st.lists(st.integers(0, 12), max_size=6))
def test_any_ids_become_legal_tags(codec: TaggingCodec, data, lengths) -> None:
    """Illegal sequences are read as conlleval reads them; legal ones are renamed."""
    ids = data.draw(
        st.lists(st.integers(0, len(codec.labels) - 1), min_size=sum(lengths), max_size=sum(lengths))
    )
    decoded = codec.decode(np.array(ids, np.int64), lengths)
    assert [len(tags) for tags in decoded] == lengths
    place = 0
    for tags, length in zip(decoded, lengths, strict=True):
        names = [codec.labels.entries[number] for number in ids[place : place + length]]
        place += length
        assert check_tags(tags, "bio") is None
        assert to_spans(tags, "bio") == to_spans(names, "iobes")


def test_illegal_sequences_are_repaired(codec: TaggingCodec) -> None:
    for names, expected in (
        ("I-PER E-PER O", "B-PER I-PER O"),
        ("B-PER O I-LOC", "B-PER O B-LOC"),
        ("B-PER E-LOC S-LOC", "B-PER B-LOC B-LOC"),
        ("B-PER I-PER I-PER", "B-PER I-PER I-PER"),
        ("S-PER E-PER O", "B-PER B-PER O"),
    ):
        ids = np.array([codec.labels[name] for name in names.split()])
        assert codec.decode(ids, [3]) == [expected.split()]


def test_plain_tags_are_not_changed() -> None:
    plain = TaggingCodec.learn([(["a", "b"], ["B-x", "O"])], "plain", WordForm())
    ids = np.array([plain.labels["B-x"], plain.labels["B-x"], plain.labels["O"]])
    assert plain.decode(ids, [1, 0, 2]) == [["B-x"], [], ["B-x", "O"]]
    assert plain.unknown_labels([["B-x", "C-x"]]) == ["C-x"]


def test_the_codec_stores_the_tokenizer() -> None:
    codec = TaggingCodec.learn(TRAINING, "iobes", WordForm(), {"name": "characters"})
    assert TaggingCodec.from_spec(codec.to_spec()).tokenizer == {"name": "characters"}


def test_labels_are_counted_by_span_or_by_word(codec: TaggingCodec) -> None:
    encoded = codec.encode([words for words, _ in TRAINING], [tags for _, tags in TRAINING])
    assert codec.label_counts(encoded.tags) == {"PER": 2, "LOC": 4}
    plain = TaggingCodec.learn([(["a", "b"], ["DT", "NN"])], "plain", WordForm())
    assert plain.label_counts(np.array([plain.labels["NN"], -1, plain.labels["NN"]])) == {"NN": 2}
