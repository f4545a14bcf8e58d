"""The formats of the Broad Twitter Corpus are read without options.

The corpus has CoNLL columns and lines of JSON with the tweet, its tokens, and the tags as `entities`. The
tweets of this file are invented.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from seqnlp.corpora import TAGGED

TWEETS = [
    ("#BREAKING Oslo airport shut: @AdaNews", "#BREAKING Oslo airport shut : @ AdaNews", "1:LOC 6:ORG"),
    ("Ada Berg & co at \"the Harbour\" :)", "Ada Berg & co at '\"' the Harbour '\"' : )", "0:PER 1:IPER"),
    ("# snow in Bergen... http://t.co/x1", "# snow in Bergen . . . http://t.co/x1", "3:LOC"),
    ("no names here ♥", "no names here ♥", ""),
    ("RT @kim: Kim Lee flies to Rome", "RT @ kim : Kim Lee flies to Rome", "4:PER 5:IPER 8:LOC"),
]  # fmt: skip
SMALL = [
    *(
        "--set",
        "network.units=8",
        "--set",
        "network.word_dimension=8",
        "--set",
        "network.character_filters=4",
    ),
    *("--set", "training.buckets=1", "--epochs", "1"),
]


def tagged(tokens: str, spans: str) -> list[tuple[str, str]]:
    """Return tokens with tags, such as `3:LOC` for the beginning and `4:ILOC` for the inside of a span."""
    tags = {int(place): label for place, label in (each.split(":") for each in spans.split())}
    return [
        (
            token,
            "O"
            if place not in tags
            else f"I-{tags[place][1:]}"
            if tags[place][0] == "I"
            else f"B-{tags[place]}",
        )
        for place, token in enumerate(tokens.split(" "))
    ]


def as_json(number: int, text: str, tokens: str, spans: str) -> dict[str, Any]:
    """Return the object of a tweet. Some have the fields of Twitter, which contain other `entities`."""
    pairs = tagged(tokens, spans)
    user = {"contributors": None, "user": {"id": 7, "entities": {"description": {"urls": []}}}, "id": 4.9e17}
    return {
        **(user if number % 2 else {}),
        "entities": [tag for _, tag in pairs],
        "tokens": [token for token, _ in pairs],
        "text": text,
        "annotation_offsets": [[0, 1] for _ in pairs],
    }


@pytest.fixture(params=["conll", "json"])
def corpus(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    path = tmp_path / f"h.{request.param}"
    columns = "\n".join(
        "".join(f"{token}\t{tag}\n" for token, tag in tagged(tokens, spans)) for _, tokens, spans in TWEETS
    )
    objects = "".join(json.dumps(as_json(number, *tweet)) + "\n" for number, tweet in enumerate(TWEETS))
    path.write_text({"conll": columns, "json": objects}[request.param], encoding="utf-8")
    return path


def test_both_formats_have_the_same_sentences(corpus: Path) -> None:
    found = [list(zip(each.words, each.tags, strict=True)) for each in TAGGED.read(corpus)]
    assert found == [tagged(tokens, spans) for _, tokens, spans in TWEETS]


def test_a_model_is_trained_evaluated_and_used_without_options(cli, corpus: Path, tmp_path: Path) -> None:
    run, output = tmp_path / "run", tmp_path / "out.jsonl"
    trained = cli("train", "tagger", "--train", corpus, "--dev", corpus, "--output", run, *SMALL)
    assert trained.exit_code == 0
    scores = json.loads(cli("evaluate", run, "--data", corpus, "--json").stdout)
    assert (scores["sentences"], scores["support"]) == (5, 6)
    assert cli("predict", run, "--input", corpus, "--output", output, "--tokens").exit_code == 0
    lines = list(map(json.loads, output.read_text("utf-8").splitlines()))
    assert [line["text"] for line in lines] == [tokens for _, tokens, _ in TWEETS]
    assert [[token["text"] for token in line["tokens"]] for line in lines] == [
        tokens.split(" ") for _, tokens, _ in TWEETS
    ]
