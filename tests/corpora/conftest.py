import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real corpora."""
    folder = os.environ.get("SEQNLP_DATA")
    if not folder:
        pytest.skip("SEQNLP_DATA does not name the folder of real corpora")
    return Path(folder)


@pytest.fixture
def nltk_at(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], None]]:
    """A function that makes NLTK search one folder only."""
    import nltk.corpus

    names = ("conll2002", "conll2000", "brown", "treebank", "sentence_polarity", "movie_reviews")
    readers = [getattr(nltk.corpus, name) for name in names]

    def forget() -> None:
        for reader in readers:
            reader._unload()

    def look_in(folder: Path) -> None:
        monkeypatch.setattr(nltk.data, "path", [str(folder)])
        monkeypatch.setenv("NLTK_DATA", str(folder))
        forget()

    yield look_in
    forget()


@pytest.fixture
def nltk_data(data: Path, nltk_at: Callable[[Path], None]) -> Path:
    """The folder of NLTK's data, all zipped."""
    nltk_at(data / "nltk_data")
    return data / "nltk_data"
