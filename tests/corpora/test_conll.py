import gzip
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.corpora import TAGGED, Problems, TaggedOptions, read_conll
from seqnlp.errors import DataError
from seqnlp.records import Origin, TaggedSentence


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some.conll"


def pairs(sentence: TaggedSentence) -> list[tuple[str, str]]:
    return list(zip(sentence.words, sentence.tags, strict=True))


def test_words_tags_documents_and_origins_are_read(path: Path) -> None:
    path.write_text(
        "\n-DOCSTART- -X- O\n\nEU NNP B-ORG\nrejects VBZ O\n\nGerman JJ B-MISC\n"
        "-DOCSTART- -X- O\nBoston NNP B-LOC\n\n\nlost VBD O\n"
    )
    assert list(read_conll(path)) == [
        TaggedSentence(("EU", "rejects"), ("B-ORG", "O"), starts_document=True),
        TaggedSentence(("German",), ("B-MISC",)),
        TaggedSentence(("Boston",), ("B-LOC",), starts_document=True),
        TaggedSentence(("lost",), ("O",)),
    ]
    assert [sentence.origin for sentence in read_conll(path)] == [
        Origin(str(path), line) for line in (4, 7, 9, 12)
    ]


@pytest.mark.parametrize("separator", ["", " ", "\t", " \t ", "\u00a0", "\u2003\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_all_separators_line_ends_and_byte_order_marks_are_read(
    path: Path, separator: str, end: str, mark: str
) -> None:
    lines = ["a\tO", "b \t O ", separator, separator, "c O"]
    path.write_bytes((mark + end.join(lines)).encode())
    assert [pairs(sentence) for sentence in read_conll(path)] == [[("a", "O"), ("b", "O")], [("c", "O")]]


@pytest.mark.parametrize("space", ["\u00a0", "\u0085", "\u2028", "\u3000", "\x0b", "\x0c", "\x1d", "\x00"])
def test_other_white_space_is_part_of_a_word(path: Path, space: str) -> None:
    path.write_bytes(f"10{space}000 NUM\n{space} O\n".encode())
    (sentence,) = read_conll(path)
    assert pairs(sentence) == [(f"10{space}000", "NUM"), (space, "O")]


def test_a_delimiter_leaves_spaces_in_words(path: Path) -> None:
    path.write_text("New York\tB-LOC\n is \tO\n")
    (sentence,) = read_conll(path, delimiter="\t")
    assert pairs(sentence) == [("New York", "B-LOC"), (" is ", "O")]


def test_a_tab_may_be_written_with_a_backslash(path: Path) -> None:
    path.write_text("New York\tB-LOC\n")
    (sentence,) = TAGGED.read(path, TaggedOptions(delimiter=r"\t"))
    assert pairs(sentence) == [("New York", "B-LOC")]


@pytest.mark.parametrize(
    ("word", "tag", "expected"),
    [(0, -1, ("a", "d")), (1, 0, ("b", "a")), (-1, -3, ("d", "b")), (2, 1, ("c", "b"))],
)
def test_columns_are_counted_from_either_end(
    path: Path, word: int, tag: int, expected: tuple[str, str]
) -> None:
    path.write_text("a b c d\n")
    (sentence,) = read_conll(path, word_column=word, tag_column=tag)
    assert pairs(sentence) == [expected]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a O\nb\n", "some.conll:2: 1 column, but line 1 has 2"),
        ("-DOCSTART-\na O\n\n\nb X O\n", "some.conll:5: 3 columns, but line 2 has 2"),
        ("word\n", "some.conll:1: 1 column, so word and tag are in the same column"),
        ("a O\nb O\rc O\n", "some.conll:2: a carriage return inside a line"),
        ("", "some.conll: contains no sentence"),
        ("\n \n\t\n", "some.conll: contains no sentence"),
        ("-DOCSTART- O\n\n", "some.conll: contains no sentence"),
    ],
)
def test_an_error_is_one_line_with_the_place(path: Path, text: str, message: str) -> None:
    path.write_bytes(text.encode())
    with pytest.raises(DataError) as caught:
        list(read_conll(path))
    assert str(caught.value).endswith(message)


def test_a_missing_column_raises(path: Path) -> None:
    path.write_text("a b\n")
    message = ":1: 2 columns, but the word is in column 0 and the tag in column 3$"
    with pytest.raises(DataError, match=message):
        list(read_conll(path, tag_column=3))


@pytest.mark.parametrize(("line", "what"), [("\tO", "word"), ("a\t", "tag")])
def test_an_empty_word_or_tag_raises(path: Path, line: str, what: str) -> None:
    path.write_text(f"a\tO\n{line}\n")
    with pytest.raises(DataError, match=f":2: empty {what}$"):
        list(read_conll(path, delimiter="\t"))


@pytest.mark.parametrize(
    "comment",
    [
        "# id 5239d808\tdomain=en",
        "# id 1 x O",
        "# sent_id = 1",
        "# text = # O",
        "# newdoc id = 7",
        "#begin document (bc/cctv); part 000",
        "# a remark",
        "# a longer remark of several words",
        "# id 1\n# text = a b",
    ],
)
def test_comments_before_sentences_are_skipped(path: Path, comment: str) -> None:
    path.write_text(f"{comment}\nhe _ _ O\nslept _ _ O\n\n{comment}\n\n{comment}\nOslo _ _ B-LOC\n")
    sentences = list(read_conll(path))
    assert [pairs(sentence) for sentence in sentences] == [[("he", "O"), ("slept", "O")], [("Oslo", "B-LOC")]]
    first = 2 + comment.count("\n")
    assert sentences[0].origin == Origin(str(path), first)


@pytest.mark.parametrize("line", ["# O", "#1 O", "#hash=tag O", "## O", "#maths O", "#\tO"])
def test_a_word_with_a_hash_is_not_a_comment(path: Path, line: str) -> None:
    path.write_text(f"{line}\n\na O\n{line}\n")
    first, second = read_conll(path)
    assert pairs(first)[0] == pairs(second)[1] == tuple(line.split())


def test_a_hash_inside_a_sentence_is_a_word(path: Path) -> None:
    path.write_text("room O\n# O\n# id 7\n")
    with pytest.raises(DataError, match=r":3: 3 columns, but line 1 has 2$"):
        list(read_conll(path))


@pytest.mark.parametrize("language", ["en", "zh-classical", "be-x-old", "simple"])
def test_the_language_of_wikiann_is_removed(path: Path, language: str) -> None:
    words = ["R.H.", "Saunders", "en:x", ":", "Paris"]
    path.write_text("".join(f"{language}:{word}\tO\n\n" for word in words))
    assert [pairs(sentence) for sentence in read_conll(path)] == [[(word, "O")] for word in words]
    swapped = path.with_name("swapped.conll")
    swapped.write_text(f"O {language}:a\nO {language}:b\n")
    (sentence,) = read_conll(swapped, word_column=1, tag_column=0)
    assert sentence.words == (f"{language}:a", f"{language}:b")


@pytest.mark.parametrize("lines", ["en:a O", "en:a O\nb O", "en:a O\nfr:b O", "en: O\nen: O", ": O\n: O"])
def test_words_with_a_colon_are_kept(path: Path, lines: str) -> None:
    path.write_text(f"{lines}\n")
    (sentence,) = read_conll(path)
    assert sentence.words == tuple(line.split()[0] for line in lines.split("\n"))


def test_skipped_sentences_are_counted(path: Path) -> None:
    path.write_bytes(b"a O\n\nb\n\nc O\nd X O\ne O\n\nf\xff O\n\ng O\n")
    problems = Problems(keep=2)
    assert [sentence.words for sentence in read_conll(path, on_error=problems)] == [("a",), ("g",)]
    assert problems.count == 3
    assert [error.line for error in problems.first] == [3, 6]
    assert problems.summary() == f"skipped 3 sentences (first: {path}:3: 1 column, but line 1 has 2)"


def test_a_document_begins_after_a_skipped_first_sentence(path: Path) -> None:
    path.write_text("a O\n\n-DOCSTART- O\nb\n\nc O\n\nd O\n")
    sentences = list(read_conll(path, on_error=Problems()))
    assert [(sentence.words, sentence.starts_document) for sentence in sentences] == [
        (("a",), False),
        (("c",), True),
        (("d",), False),
    ]


def test_a_file_without_valid_sentence_raises_the_first_problem(path: Path) -> None:
    path.write_text("a\n\nb\n")
    problems = Problems()
    with pytest.raises(DataError, match=r":1: 1 column, so"):
        list(read_conll(path, on_error=problems))
    assert problems.count == 2


def test_reading_is_lazy_and_leaves_no_file_open(path: Path) -> None:
    path.write_text("a O\n\n" + "b\n" * 100_000)
    sentences = read_conll(path)
    assert next(iter(sentences)).words == ("a",)
    del sentences  # warnings are errors: an open file would fail the test


PIECES = [b"a", b"O", b" ", b"\t", b"\n", b"\r\n", b"\r", b"-DOCSTART-", b"\xff", "\xa0\ufeff".encode()]
ODD_BYTES = st.lists(st.sampled_from(PIECES) | st.binary(max_size=8)).map(b"".join)


@given(content=ODD_BYTES | ODD_BYTES.map(gzip.compress), delimiter=st.sampled_from([None, "\t", " ", "ab"]))
def test_any_bytes_give_sentences_or_data_errors(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, delimiter: str | None
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.conll"
    path.write_bytes(content)
    with suppress(DataError):
        list(read_conll(path, delimiter=delimiter))
    problems = Problems()
    with suppress(DataError):
        for sentence in read_conll(path, delimiter=delimiter, on_error=problems):
            assert len(sentence.words) == len(sentence.tags) > 0
            assert all(sentence.words)
            assert all(sentence.tags)
            "".join(sentence.words + sentence.tags).encode()
    assert not any("\n" in str(error) for error in problems.first)


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=" \t\r\n"), min_size=1).filter(
    lambda word: not word.startswith(("-DOCSTART-", "\ufeff"))
)
TAGS = st.from_regex(r"O|[BIES]-[^\s\ud800-\udfff]{1,8}", fullmatch=True)
SENTENCES = st.lists(st.lists(st.tuples(WORDS, TAGS), min_size=1, max_size=6), min_size=1, max_size=5)


@given(
    sentences=SENTENCES, end=st.sampled_from(["\n", "\r\n"]), delimiter=st.sampled_from([" ", "\t", " \t"])
)
def test_written_sentences_are_read_back(
    tmp_path_factory: pytest.TempPathFactory, sentences: list[list[tuple[str, str]]], end: str, delimiter: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "written.conll"
    lines = (end.join(f"{word}{delimiter}{tag}" for word, tag in sentence) for sentence in sentences)
    path.write_bytes((end + end).join(lines).encode("utf-8-sig"))
    assert [pairs(sentence) for sentence in read_conll(path)] == sentences


@pytest.mark.parametrize(
    ("name", "sentences", "words"),
    [
        ("wnut17train.conll", 3_394, 62_730),
        ("emerging.dev.conll", 1_009, 15_733),
        ("emerging.test.annotated", 1_287, 23_394),
    ],
)
def test_wnut17_has_its_published_size(data: Path, name: str, sentences: int, words: int) -> None:
    read = list(read_conll(data / "wnut17" / name))
    assert (len(read), sum(len(sentence.words) for sentence in read)) == (sentences, words)


@pytest.mark.parametrize(
    ("name", "entities"),
    [("wnut17train.conll", 1_975), ("emerging.dev.conll", 836), ("emerging.test.annotated", 1_079)],
)
def test_wnut17_has_its_published_entities(data: Path, name: str, entities: int) -> None:
    tags = [tag for sentence in read_conll(data / "wnut17" / name) for tag in sentence.tags]
    assert sum(tag.startswith("B-") for tag in tags) == entities
