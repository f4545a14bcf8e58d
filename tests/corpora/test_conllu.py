from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.corpora import Problems, read_conllu
from seqnlp.errors import ConfigError, DataError
from seqnlp.records import TaggedSentence


def row(identity: str, form: str, upos: str = "X", xpos: str = "XX", feats: str = "_") -> str:
    return "\t".join([identity, form, form.lower(), upos, xpos, feats, "0", "root", "_", "_"])


SOURCE = "\n".join(
    [
        "# newdoc id = weblog",
        "# text = vámonos al mar",
        row("1-2", "vámonos", "_"),
        row("1", "vamos", "VERB", "V", "Mood=Imp"),
        row("2", "nos", "PRON"),
        row("3-4", "al", "_"),
        row("3", "a", "ADP"),
        row("4", "el", "DET"),
        row("4.1", "profundo", "ADJ"),
        row("5", "mar", "NOUN"),
        "",
        "# text = 10 000 veces",
        row("1", "10 000", "NUM"),
        row("2", "veces", "NOUN"),
        "",
        "# a comment of its own",
        "",
        "#newdoc",
        "",
        row("1", "#", "SYM"),
        "",
    ]
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "some.conllu"
    path.write_text(SOURCE)
    return path


def test_only_words_are_read(path: Path) -> None:
    assert list(read_conllu(path)) == [
        TaggedSentence(
            ("vamos", "nos", "a", "el", "mar"), ("VERB", "PRON", "ADP", "DET", "NOUN"), starts_document=True
        ),
        TaggedSentence(("10 000", "veces"), ("NUM", "NOUN")),
        TaggedSentence(("#",), ("SYM",), starts_document=True),
    ]
    assert [sentence.origin.line for sentence in read_conllu(path) if sentence.origin] == [4, 13, 20]


@pytest.mark.parametrize(
    ("field", "tags"), [("xpos", ("V", "XX", "XX", "XX", "XX")), ("feats", ("Mood=Imp", "_", "_", "_", "_"))]
)
def test_other_fields_can_be_tags(path: Path, field: str, tags: tuple[str, ...]) -> None:
    assert next(read_conllu(path, tag_field=field)).tags == tags


def test_an_unknown_field_raises(path: Path) -> None:
    with pytest.raises(
        ConfigError, match="unknown CoNLL-U field 'pos'; fields of tags: upos, xpos, feats, deprel"
    ):
        read_conllu(path, tag_field="pos")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1\tword\tX\n", r":1: 3 fields between tabs, but CoNLL-U has 10$"),
        (row("1", "a") + "\n" + row("3", "b"), r":2: word id '3', but 2 is next$"),
        (row("1", "a") + "\n" + row("1", "b"), r":2: word id '1', but 2 is next$"),
        (row("x", "a"), r":1: word id 'x', but 1 is next$"),
        (row("1", ""), r":1: empty form$"),
        (row("1", "a", upos=""), r":1: empty tag$"),
        (row("1-2", "del"), r":1: the sentence has no word$"),
        ("# nothing\n\n", r"some\.conllu: contains no sentence$"),
    ],
)
def test_an_error_is_one_line_with_the_place(path: Path, text: str, message: str) -> None:
    path.write_text(text)
    with pytest.raises(DataError, match=message):
        list(read_conllu(path))


def test_skipped_sentences_are_counted(path: Path) -> None:
    path.write_bytes(
        b"\n\n".join([row("1", "a").encode(), row("2", "b").encode(), b"\xff", row("1", "c").encode()])
    )
    problems = Problems()
    assert [sentence.words for sentence in read_conllu(path, on_error=problems)] == [("a",), ("c",)]
    assert [error.line for error in problems.first] == [3, 5]


CELLS = st.sampled_from(["1", "2", "1-2", "1.1", "a", "_", "", "#", "# newdoc", "\u2028", "\xa0", "\r"])
ROWS = st.lists(CELLS, min_size=9, max_size=11).map("\t".join) | CELLS | st.text(max_size=5)
FILES = st.lists(ROWS).map("\n".join).map(lambda text: text.encode("utf-8", "replace")) | st.binary()


@given(content=FILES)
def test_any_bytes_give_sentences_or_data_errors(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.conllu"
    path.write_bytes(content)
    problems = Problems()
    with suppress(DataError):
        for sentence in read_conllu(path, on_error=problems):
            assert len(sentence.words) == len(sentence.tags) > 0
            assert all(sentence.words)
            assert all(sentence.tags)
    assert not any("\n" in str(error) for error in problems.first)


@pytest.mark.parametrize(
    ("split", "sentences", "words", "documents"),
    [("train", 12_544, 204_577, 540), ("dev", 2_001, 25_147, 318), ("test", 2_077, 25_094, 316)],
)
def test_english_ewt_has_its_published_size(
    data: Path, split: str, sentences: int, words: int, documents: int
) -> None:
    read = list(read_conllu(data / "ud_english_ewt" / f"en_ewt-ud-{split}.conllu"))
    assert (len(read), sum(len(sentence.words) for sentence in read)) == (sentences, words)
    assert sum(sentence.starts_document for sentence in read) == documents
