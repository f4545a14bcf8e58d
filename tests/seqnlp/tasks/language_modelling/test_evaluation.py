"""The evaluation of documents that are read passage by passage."""

import json
import math

import numpy as np
import pytest

import seqnlp
from seqnlp.data.language_codec import END
from seqnlp.records import Document, Origin, Passage
from seqnlp.tasks.language_modelling import evaluation
from seqnlp.tasks.language_modelling.evaluation import score_documents
from seqnlp.training.networks import load_network
from tests.seqnlp.tasks.language_modelling.conftest import LINES

TEXTS = ["the cat sat", "", "a mat is red", "the cat ö on the mat", "on"]


def cut(texts: list[str], size: int) -> list[Passage]:
    return [
        Passage(text[start : start + size], start + size >= len(text), Origin(f"{number}.txt", 1))
        for number, text in enumerate(texts)
        for start in range(0, max(1, len(text)), size)
    ]


@pytest.mark.parametrize("chunk", [1, 5, 12, 1000])
@pytest.mark.parametrize("size", [3, 100])
def test_passages_and_groups_do_not_change_scores(
    lines_run: seqnlp.Run, chunk: int, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reference is the network on whole documents."""
    monkeypatch.setattr(evaluation, "_CHUNK", chunk)
    network, model = load_network(lines_run.path / "model.keras"), lines_run.model
    scores = score_documents(model, cut(TEXTS, size))
    rows = [np.array([[END, *model.codec.encode(text), END]], np.int32) for text in TEXTS]
    expected = [-network.log_probabilities(row).mean() for row in rows]
    np.testing.assert_allclose(scores.document_perplexities, np.exp(expected), rtol=1e-3)
    assert (scores.documents, scores.tokens) == (5, sum(map(len, TEXTS)) + 5)
    assert (scores.bytes, scores.unknown) == (sum(len(text.encode()) for text in TEXTS), 1)


def test_each_document_has_a_perplexity(lines_model: seqnlp.LanguageModel) -> None:
    documents = [
        Document(LINES[0], Origin("a.txt", 1)),
        Document(LINES[2], Origin("a.txt", 2)),
        Document("on"),
    ]
    scores = seqnlp.evaluate(lines_model, documents)
    expected = [each.perplexity for each in lines_model.score([each.text for each in documents])]
    figures = scores.to_dict()["document_perplexity"]
    assert list(figures) == ["lowest", "p10", "median", "p90", "highest"]
    assert [figures[name] for name in ("lowest", "median", "highest")] == pytest.approx(
        sorted(expected), rel=1e-3
    )
    found = json.loads(json.dumps(scores.details()["per_document"]))
    assert [each["perplexity"] for each in found] == pytest.approx(expected, rel=1e-3)
    assert [(each.get("file"), each.get("line"), each["tokens"]) for each in found] == [
        ("a.txt", 1, len(LINES[0]) + 1),
        ("a.txt", 2, len(LINES[2]) + 1),
        (None, None, 3),
    ]
    assert math.exp(found[0]["nats_per_token"]) == pytest.approx(found[0]["perplexity"])
    assert "perplexity of documents: lowest " in str(scores)
    assert "perplexity of documents" not in str(seqnlp.evaluate(lines_model, ["on"]))


def test_mistakes_are_the_least_probable_tokens(
    lines_model: seqnlp.LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation, "_KEPT", 7)
    texts = ["the cat sxt on the mat", "a cöt", "the"]
    tokens = [
        (value, text[:place], token)
        for text, scored in zip(texts, lines_model.score(texts), strict=True)
        for place, (token, value) in enumerate(zip(scored.tokens, scored.log_probs, strict=True))
    ]
    expected = sorted(tokens)[:7]
    found = seqnlp.evaluate(lines_model, texts).mistakes
    assert 0 < len(found) <= 7
    values = [each.to_dict() for each in found]
    assert [each["log_probability"] for each in values] == sorted(each["log_probability"] for each in values)
    for each in values:
        (nearest,) = [
            (text, token)
            for value, text, token in expected
            if value == pytest.approx(each["log_probability"], abs=2e-3)
            and (text.replace("ö", "\ufffd").replace("x", "\ufffd"), token) == (each["text"], each["gold"])
        ]
        assert nearest[1] == each["gold"] != each["predicted"]
    ids = [END, *lines_model.codec.encode(values[0]["text"])]
    assert lines_model.codec.decode(lines_model.most_probable([ids])) == values[0]["predicted"]
