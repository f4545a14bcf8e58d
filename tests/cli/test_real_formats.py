"""Files as corpora and annotation tools write them train, evaluate and predict without options.

Where a file needs an option, the message without it names the option. All texts are invented.
"""

import csv
import io
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

SMALL = [
    *("--set", "network.units=4", "--set", "training.buckets=1", "--set", "training.averaging=0"),
    *("--epochs", "1"),
]
WORDS = [*SMALL, "--set", "network.word_dimension=4", "--set", "network.character_filters=4"]
PAIRS = [*SMALL, "--set", "network.dimension=4", "--set", "network.decoder_layers=1"]

TEXT, SPAN = "Ada sails to Oslo .", (13, 17)
TEXTS = [TEXT] * 2


def lines(*values: Any) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


# The boundary of a document comes back as an empty text.
CONLL_2003 = "-DOCSTART- -X- -X- O\n\n" + "\n".join(
    [
        "Ada NNP I-NP I-PER\nsails VBZ I-VP O\n",
        "German JJ I-NP I-MISC\nFrench JJ B-NP B-MISC\ntalks NNS I-NP O\n",
        "European JJ I-NP B-MISC\nboats NNS I-NP O\n",
    ]
)
MULTICONER = (
    "# id 3f\tdomain=en\nada _ _ B-PER\nberg _ _ I-PER\n\n# id 40\tdomain=en\nshe _ _ O\nsails _ _ O\n\n"
)
WIKIANN = "en:Ada\tB-PER\nen:in\tO\nen:Oslo\tB-LOC\n\nen:re:union\tO\n\n"
PRODIGY = {
    "text": TEXT,
    "_input_hash": 1,
    "_task_hash": -2,
    "tokens": [{"text": "Ada", "start": 0, "end": 3, "id": 0, "ws": True}],
    "spans": [{"start": SPAN[0], "end": SPAN[1], "token_start": 3, "token_end": 3, "label": "LOC"}],
    "_view_id": "ner_manual",
    "answer": "accept",
}
DOCCANO = {"id": 1, "text": TEXT, "label": [[*SPAN, "LOC"]], "Comments": []}
LABEL_STUDIO = {
    "id": 1,
    "annotations": [
        {
            "id": 2,
            "result": [
                {
                    "value": {"start": SPAN[0], "end": SPAN[1], "text": "Oslo", "labels": ["LOC"]},
                    "id": "x",
                    "from_name": "label",
                    "to_name": "text",
                    "type": "labels",
                    "origin": "manual",
                }
            ],
            "was_cancelled": False,
        }
    ],
    "data": {"text": TEXT},
    "predictions": [],
}
HUGGING_FACE = {"id": "0", "tokens": TEXT.split(" "), "ner_tags": ["O", "O", "O", "B-LOC", "O"]}
NUMBERED = {**HUGGING_FACE, "ner_tags": [0, 0, 0, 1, 0]}


@pytest.fixture
def use(cli: Callable[..., Result], tmp_path: Path) -> Callable[..., tuple[dict[str, Any], list[str]]]:
    """Return a function that trains on a file, and returns its scores and the texts of its predictions."""

    def use(
        task: str, path: Path, *options: str, small: list[str] = WORDS
    ) -> tuple[dict[str, Any], list[str]]:
        run = tmp_path / "run"
        trained = cli(
            "train", task, "--train", path, "--dev", path, "--output", run, *small, *options, "--json"
        )
        assert trained.exit_code == 0, trained.stderr
        evaluated = cli("evaluate", run, "--data", path, "--json")
        assert (evaluated.exit_code, json.loads(evaluated.stdout)) == (0, json.loads(trained.stdout)["dev"])
        predicted = cli("predict", run, "--input", path)
        assert (predicted.exit_code, predicted.stderr) == (0, "")
        return json.loads(evaluated.stdout), [
            json.loads(line)["text"] for line in predicted.stdout.splitlines()
        ]

    return use


@pytest.mark.parametrize(
    ("name", "content", "texts", "support"),
    [
        ("eng.conll", CONLL_2003, ["", "Ada sails", "German French talks", "European boats"], 4),
        ("eng.train", CONLL_2003, ["", "Ada sails", "German French talks", "European boats"], 4),
        ("en-train.conll", MULTICONER, ["ada berg", "she sails"], 1),
        ("train.conll", WIKIANN, ["Ada in Oslo", "re:union"], 2),
        ("prodigy.jsonl", lines(PRODIGY, PRODIGY), TEXTS, 2),
        ("doccano.jsonl", lines(DOCCANO, DOCCANO), TEXTS, 2),
        ("project.json", json.dumps([LABEL_STUDIO, LABEL_STUDIO]), TEXTS, 2),
        ("dataset.jsonl", lines(HUGGING_FACE, HUGGING_FACE), TEXTS, 2),
    ],
)
def test_tagged_files_need_no_option(
    use, tmp_path: Path, name: str, content: str, texts, support: int
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    scores, found = use("tagger", tmp_path / name)
    assert (scores["support"], found) == (support, texts)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_trained_on(cli, tmp_path: Path) -> None:
    pipe, path, run = tmp_path / "pipe.conll", tmp_path / "dev.conll", tmp_path / "run"
    path.write_text(WIKIANN)
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(WIKIANN,))
    writer.start()
    trained = cli("train", "tagger", "--train", pipe, "--dev", path, "--output", run, *WORDS, "--json")
    writer.join()
    assert trained.exit_code == 0
    assert json.loads(cli("evaluate", run, "--data", path, "--json").stdout)["support"] == 2


def test_numbered_tags_need_the_option_that_the_message_names(use, complaint, tmp_path: Path) -> None:
    path = tmp_path / "dataset.jsonl"
    path.write_text(lines(NUMBERED, NUMBERED))
    line = complaint("train", "tagger", "--train", path, "--dev", path, "--output", tmp_path / "run")
    assert line.endswith("the tags are numbers; --tag-names names them, such as O,B-PER,I-PER")
    scores, found = use("tagger", path, "--tag-names", "O,B-LOC")
    assert (scores["support"], found) == (2, TEXTS)


def test_exported_tweets_need_no_option(use, tmp_path: Path) -> None:
    tweets = ['so "good"\nreally', "flat, dull :(", "RT @ada: a\n\nb"]
    table = io.StringIO()
    csv.writer(table).writerows(
        [["id", "text", "label"], *zip("123", tweets, ["good", "bad", "good"], strict=True)]
    )
    (tmp_path / "tweets.csv").write_bytes(table.getvalue().encode())
    scores, found = use("classifier", tmp_path / "tweets.csv")
    assert (scores["texts"], found) == (3, tweets)


@pytest.mark.parametrize(
    "row",
    [
        "{}\t{}\tCC-BY 2.0 (France) Attribution: tatoeba.org #1 (ada) & #2 (kim)\t1\n",
        "{}\t{}\tCC-BY 2.0 (France) Attribution: tatoeba.org #1 (ada) & #2 (kim)\n",
        "1276\t{}\t565252\t{}\n",
    ],
)
def test_tatoeba_needs_no_option(use, row: str, tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text("".join(row.format(*pair) for pair in [('"Go!', "Geh!"), ("Hi.", "Na.")]))
    scores, found = use("translator", path, small=PAIRS)
    assert (scores["pairs"], found) == (2, ['"Go!', "Hi."])
