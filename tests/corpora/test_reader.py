"""The behaviour that all readers share."""

from dataclasses import MISSING, fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, ValidationError

from seqnlp.corpora import (
    DOCUMENTS,
    LABELLED,
    PAIRS,
    SENTIMENT_TREES,
    TAGGED,
    TREES,
    AnyReader,
    SentimentTreeOptions,
    TaggedOptions,
)
from seqnlp.errors import ConfigError

READERS = pytest.mark.parametrize(
    "reader", [TAGGED, LABELLED, PAIRS, TREES, SENTIMENT_TREES, DOCUMENTS], ids=lambda reader: reader.name
)


class Settings(BaseModel):
    """Settings with a section that is a dataclass of options."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    format: TaggedOptions = TaggedOptions()


@READERS
def test_every_option_has_a_default_and_a_help_text(reader: AnyReader) -> None:
    first, *_ = each = fields(reader.options)
    assert (first.name, first.default) == ("format", None)
    assert all(field.default is not MISSING and field.metadata["help"] for field in each)
    assert all(name in first.metadata["help"] for name in reader.formats)


@READERS
def test_an_unknown_format_names_the_nearest(reader: AnyReader) -> None:
    name = next(iter(reader.formats))
    with pytest.raises(ConfigError, match=f"unknown format '{name}s'; did you mean '{name}'"):
        reader.read("a", reader.options(format=f"{name}s"))


@READERS
@given(
    content=st.binary(max_size=80),
    name=st.sampled_from(["a.txt", "a.tsv", "a.csv", "a.jsonl", "a.conllu", "a"]),
)
def test_recognizing_a_file_never_raises(
    tmp_path_factory: pytest.TempPathFactory, reader: AnyReader, content: bytes, name: str
) -> None:
    path = tmp_path_factory.mktemp("any") / name
    path.write_bytes(content)
    assert reader.recognizes(path) in (True, False)
    assert reader.recognizes(path.parent / "missing" / name) is False
    assert reader.knows(path) in (True, False)


def test_a_default_format_is_not_known_by_the_ending(tmp_path: Path) -> None:
    path = tmp_path / "a.bracketed"
    path.write_text("(S (NN a))\n")
    assert (TREES.format_of(path), TREES.knows(path), TREES.knows(tmp_path / "a.mrg")) == (
        "trees",
        False,
        True,
    )
    (tree,) = TREES.read(path)
    assert tree.words == ("a",)


def test_binary_trees_have_polar_labels(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("(3 (2 a) (0 b))\n")
    (tree,) = SENTIMENT_TREES.read(path, SentimentTreeOptions(binary=True))
    assert [span.label for span in tree.spans] == ["positive", "", "negative"]


def test_options_are_a_section_of_settings() -> None:
    settings = Settings.model_validate({"format": {"word_column": 2, "scheme": "bio"}})
    assert settings.format == TaggedOptions(word_column=2, scheme="bio")
    for wrong in ({"word_colum": 2}, {"scheme": "bioo"}, {"tag_column": "last"}):
        with pytest.raises(ValidationError) as caught:
            Settings.model_validate({"format": wrong})
        (error,) = caught.value.errors()
        assert error["loc"] == ("format", *wrong)
    with pytest.raises(ConfigError, match="the delimiter is empty"):
        Settings.model_validate({"format": {"delimiter": ""}})
