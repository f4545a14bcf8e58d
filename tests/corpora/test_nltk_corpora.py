import gc
import io
import re
import shutil
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from urllib.error import URLError
from xml.etree import ElementTree

import pytest

from seqnlp import corpora
from seqnlp.errors import CorpusError
from seqnlp.records import Origin, TaggedSentence


def size(sentences: Sequence[TaggedSentence]) -> tuple[int, int]:
    return len(sentences), sum(len(sentence.words) for sentence in sentences)


def member(archive: Path, name: str) -> str:
    with zipfile.ZipFile(archive) as opened:
        return opened.read(name).decode()


@cache
def loaded(name: str) -> corpora.Corpus:
    return corpora.load(name)


@pytest.mark.parametrize(
    ("part", "split", "published", "sentences", "words"),
    [
        ("esp", "train", "train", 8_323, 264_715),
        ("esp", "dev", "testa", 1_915, 52_923),
        ("esp", "test", "testb", 1_517, 51_533),
        ("ned", "train", "train", 15_806, 202_644),
        ("ned", "dev", "testa", 2_895, 37_687),
        ("ned", "test", "testb", 5_195, 68_875),
    ],
)
def test_conll2002_has_its_published_size_and_equals_what_read_conll_reads(
    nltk_data: Path, tmp_path: Path, part: str, split: str, published: str, sentences: int, words: int
) -> None:
    read = loaded(f"conll2002/{part}").split(published)
    assert size(read) == (sentences, words)
    assert read is loaded(f"conll2002/{part}").split(split)

    name = f"conll2002/{part}.{published}"
    path = tmp_path / "own.conll"
    path.write_text(member(nltk_data / "corpora/conll2002.zip", name))
    own = list(corpora.read_conll(path))
    assert list(read) == own
    assert [sentence.origin for sentence in read] == [
        Origin(name, sentence.origin.line) for sentence in own if sentence.origin
    ]


def test_dutch_words_keep_their_accents_and_documents_their_boundaries(nltk_data: Path) -> None:
    """Latin-1 would read à and Å (A0, 85) as white space, and give these nine lines a fourth field."""
    corpus = loaded("conll2002/ned")
    whole = Counter(
        token
        for sentence in (*corpus.train, *corpus.dev)
        for token in zip(sentence.words, sentence.tags, strict=True)
        if len(token[0].encode().decode("latin-1").split()) > 1
    )
    assert whole == {
        ("dàt", "O"): 1,
        ("Dàt", "O"): 1,
        ("Prèt-à-partir", "B-MISC"): 1,
        ("Pret-à-partir", "B-MISC"): 1,
        ("ànders", "O"): 1,
        ("prêt-à-porter-lijn", "O"): 1,
        ("prêt-à-porter", "O"): 1,
        ("Årst", "I-ORG"): 1,
        ("Årst", "O"): 1,
    }
    starts = [sum(sentence.starts_document for sentence in corpus.split(split)) for split in corpus.splits]
    assert starts == [287, 74, 119]
    words = {word for split in corpus.splits for sentence in corpus.split(split) for word in sentence.words}
    assert "-DOCSTART-" not in words


def test_conll2000_has_its_published_size_and_a_dev_split_from_train(nltk_data: Path) -> None:
    corpus = corpora.load("conll2000")
    assert [size(corpus.split(split)) for split in corpus.splits] == [
        (7_936, 188_059),
        (1_000, 23_668),
        (2_012, 47_377),
    ]
    whole = size([*corpus.train, *corpus.dev])
    assert whole == (8_936, 211_727)
    lines = member(nltk_data / "corpora/conll2000.zip", "conll2000/train.txt").split("\n")
    for sentence in (corpus.train[-1], corpus.dev[0], corpus.dev[-1]):
        assert sentence.origin is not None
        rows = lines[sentence.origin.line - 1 :][: len(sentence.words)]
        assert [(row.split()[0], row.split()[2]) for row in rows] == list(
            zip(sentence.words, sentence.tags, strict=True)
        )


def test_brown_has_its_published_size_and_no_text_in_two_splits(nltk_data: Path) -> None:
    corpus = loaded("brown")
    assert [size(corpus.split(split)) for split in corpus.splits] == [
        (45_373, 917_467),
        (6_121, 125_305),
        (5_846, 118_420),
    ]
    assert sum(size(corpus.split(split))[0] for split in corpus.splits) == 57_340
    assert sum(size(corpus.split(split))[1] for split in corpus.splits) == 1_161_192
    texts = {
        split: {sentence.origin.path for sentence in corpus.split(split) if sentence.origin}
        for split in corpus.splits
    }
    assert {split: len(paths) for split, paths in texts.items()} == {"train": 395, "dev": 54, "test": 51}
    assert len(set.union(*texts.values())) == 500
    genres = [{path[len("brown/c")] for path in paths} for paths in texts.values()]
    assert [len(some) for some in genres] == [15, 15, 15]
    first = corpus.train[0]
    assert (first.words[:2], first.tags[:2]) == (("The", "Fulton"), ("AT", "NP-TL"))
    assert first.starts_document
    assert not corpus.train[1].starts_document


def test_brown_is_read_as_texts_without_tags(nltk_data: Path) -> None:
    texts, tagged = corpora.load("brown/text"), loaded("brown")
    assert {split: len(texts.split(split)) for split in texts.splits} == {"train": 395, "dev": 54, "test": 51}
    lines = [line.split(" ") for text in texts.dev for line in text.text.split("\n")]
    assert lines == [list(sentence.words) for sentence in tagged.dev]
    assert [text.origin for text in texts.dev] == [
        sentence.origin for sentence in tagged.dev if sentence.starts_document
    ]


def by_label(corpus: corpora.Corpus, split: str) -> dict[str, int]:
    return dict(Counter(text.label for text in corpus.split(split)))


def test_sentence_polarity_has_its_published_size_and_each_line_once(nltk_data: Path) -> None:
    corpus = corpora.load("sentence_polarity")
    assert {split: by_label(corpus, split) for split in corpus.splits} == {
        "train": {"neg": 4_265, "pos": 4_265},
        "dev": {"neg": 533, "pos": 533},
        "test": {"neg": 533, "pos": 533},
    }
    with zipfile.ZipFile(nltk_data / "corpora/sentence_polarity.zip") as archive:
        for label in ("neg", "pos"):
            lines = archive.read(f"sentence_polarity/rt-polarity.{label}").decode().split("\n")
            assert len(lines) == 5_331 + 1
            for split in corpus.splits:
                for text in corpus.split(split):
                    if text.label == label:
                        assert text.origin is not None
                        assert text.origin.path == f"sentence_polarity/rt-polarity.{label}"
                        assert text.text == lines[text.origin.line - 1].strip()
            ninth = [text.text for text in corpus.dev if text.label == label]
            assert ninth == [line.strip() for line in lines[8:-1:10]]


def test_movie_reviews_has_its_published_size_and_each_file_once(nltk_data: Path) -> None:
    corpus = corpora.load("movie_reviews")
    assert {split: by_label(corpus, split) for split in corpus.splits} == {
        "train": {"neg": 800, "pos": 800},
        "dev": {"neg": 100, "pos": 100},
        "test": {"neg": 100, "pos": 100},
    }
    with zipfile.ZipFile(nltk_data / "corpora/movie_reviews.zip") as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".txt"))
        read = {
            text.origin.path: text for split in corpus.splits for text in corpus.split(split) if text.origin
        }
        assert sorted(read) == names
        for name in names:
            assert read[name].label == name.split("/")[1]
            assert read[name].text == archive.read(name).decode()


def test_treebank_is_read_without_traces(nltk_data: Path) -> None:
    corpus = corpora.load("treebank/pos")
    assert [size(corpus.split(split)) for split in corpus.splits] == [
        (3_281, 78_202),
        (324, 8_121),
        (309, 7_761),
    ]
    everything = [sentence for split in corpus.splits for sentence in corpus.split(split)]
    assert size(everything) == (3_914, 94_084)
    assert sum(sentence.starts_document for sentence in everything) == 199
    assert len({tag for sentence in everything for tag in sentence.tags}) == 45
    second = corpus.train[1]
    assert second.words[:7] == ("Mr.", "Vinken", "is", "chairman", "of", "Elsevier", "N.V.")
    lines = member(nltk_data / "corpora/treebank.zip", "treebank/combined/wsj_0001.mrg").split("\n")
    assert second.origin is not None
    assert lines[second.origin.line - 1].startswith("( (S")


@pytest.mark.parametrize(
    ("split", "first", "last", "words"),
    [("train", 1, 159, 81_793), ("dev", 160, 179, 6_327), ("test", 180, 199, 5_964)],
)
def test_treebank_is_read_as_trees(nltk_data: Path, split: str, first: int, last: int, words: int) -> None:
    from nltk.corpus import treebank

    files = [name for name in treebank.fileids() if first <= int(name[4:8]) <= last]
    expected = [tree for name in files for tree in treebank.parsed_sents(name)]
    found = loaded("treebank/trees").split(split)
    for ours, theirs in zip(found, expected, strict=True):
        assert [span.label for span in ours.spans] == [each.label() for each in theirs.subtrees()]
        assert len(ours.words) == len(theirs.leaves())
    assert sum(tag != "-NONE-" for tree in expected for _, tag in tree.pos()) == words


def test_unpacked_packages_are_read_and_no_file_stays_open(
    data: Path, tmp_path: Path, nltk_at: Callable[[Path], None]
) -> None:
    with zipfile.ZipFile(data / "nltk_data/corpora/conll2002.zip") as archive:
        archive.extractall(tmp_path / "corpora")
    nltk_at(tmp_path)
    assert corpora.entry("conll2002/esp").source.location() == str(tmp_path / "corpora/conll2002")
    sentences = iter(corpora.entry("conll2002/esp").source.read("dev"))
    assert next(sentences).words == (
        "Sao",
        "Paulo",
        "(",
        "Brasil",
        ")",
        ",",
        "23",
        "may",
        "(",
        "EFECOM",
        ")",
        ".",
    )
    del sentences
    gc.collect()  # warnings are errors: a file left open would fail the test


def test_a_corpus_that_is_not_installed_raises(tmp_path: Path, nltk_at: Callable[[Path], None]) -> None:
    nltk_at(tmp_path)
    assert not corpora.entry("brown").installed()
    with pytest.raises(
        CorpusError, match=r"^brown is not installed; fetch it with: seqnlp corpora download brown$"
    ):
        assert corpora.load("brown").dev


def test_a_damaged_package_raises_one_line(tmp_path: Path, nltk_at: Callable[[Path], None]) -> None:
    folder = tmp_path / "corpora"
    folder.mkdir()
    (folder / "conll2000.zip").write_bytes(b"PK\x03\x04 and no more")
    nltk_at(tmp_path)
    assert not corpora.entry("conll2000").installed()
    with pytest.raises(CorpusError, match=r"^conll2000: NLTK cannot read it: .*zip") as caught:
        assert corpora.load("conll2000").dev
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["EFE NC B-ORG\nmay O\n\n", "EFE\n", "Caf\xe9 NC O\n", "a b c\n \x0b\n\x1c\nd e f\n\x85\n\n\ng h i"],
)
def test_damaged_files_raise_one_line(tmp_path: Path, nltk_at: Callable[[Path], None], text: str) -> None:
    folder = tmp_path / "corpora/conll2002"
    folder.mkdir(parents=True)
    (folder / "esp.testa").write_bytes(text.encode("latin-1"))
    nltk_at(tmp_path)
    with pytest.raises(CorpusError, match=r"^conll2002/esp.testa: NLTK cannot read it: ") as caught:
        assert corpora.load("conll2002/esp").dev
    assert "\n" not in str(caught.value)
    with pytest.raises(CorpusError, match=r"^conll2002: the train files are missing in "):
        assert corpora.load("conll2002/esp").train
    del caught
    gc.collect()


def test_without_nltk_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if re.match(r"nltk\b", name)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "nltk", None)
    with pytest.raises(
        CorpusError,
        match=r"NLTK is not installed; install seqnlp with its extra: pip install -e '.\[train\]'",
    ):
        assert corpora.load("brown").dev


class Server:
    """A substitute for NLTK's data server: an index of one package, and the package."""

    def __init__(self, archive: Path, folder: Path) -> None:
        from nltk.downloader import build_index

        packages = folder / "packages/corpora"
        packages.mkdir(parents=True)
        (folder / "collections").mkdir()
        shutil.copy(archive, packages)
        (packages / f"{archive.stem}.xml").write_text(
            f'<package id="{archive.stem}" name="{archive.stem}" unzip="1"/>'
        )
        index = build_index(str(folder), "https://data.example.org/packages")
        self._files = {"index": ElementTree.tostring(index), archive.name: archive.read_bytes()}

    def open(self, url: str, **_: object) -> io.BytesIO:
        return io.BytesIO(self._files.get(Path(url).name, self._files["index"]))


def test_download_writes_to_the_first_directory_of_nltk_data(
    data: Path, tmp_path: Path, nltk_at: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    (home / "corpora").mkdir(mode=0o700, parents=True)
    (home / "corpora/conll2000.zip").write_bytes(b"what an earlier attempt left")
    nltk_at(tmp_path)
    server = Server(data / "nltk_data/corpora/conll2000.zip", tmp_path / "server")
    nltk_at(home)
    monkeypatch.setattr("nltk.downloader.urlopen", server.open)
    progress: list[float] = []
    assert corpora.download("conll2000", progress.append) == str(home)
    assert progress == sorted(progress)
    assert progress[-1] == 1.0
    assert corpora.entry("conll2000").installed()
    assert len(corpora.load("conll2000").test) == 2_012


def test_a_network_failure_raises_one_line(
    tmp_path: Path, nltk_at: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    nltk_at(tmp_path)

    def refuse(*_: object, **__: object) -> None:
        raise URLError("Temporary failure in name resolution")

    monkeypatch.setattr("nltk.downloader.urlopen", refuse)
    with pytest.raises(CorpusError, match=r"^brown could not be downloaded: .*name resolution") as caught:
        corpora.download("brown", lambda share: None)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []
