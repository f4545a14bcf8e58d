"""Language models in use."""

import logging
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import seqnlp
from seqnlp.data.language_codec import END
from seqnlp.errors import ConfigError
from seqnlp.tasks.language_modelling import model as module
from seqnlp.tasks.language_modelling import sampling
from seqnlp.tasks.language_modelling.generation import GenerationOptions
from seqnlp.tasks.language_modelling.stopping import cut_at_stop
from seqnlp.training.networks import load_network
from tests.seqnlp.tasks.language_modelling.conftest import LINES, SETTINGS

TEXTS = ["the cat sat on the mat", "a", "", "the mat is red and the cat is on it"]


def test_scores_equal_those_of_the_network(
    lines_run: seqnlp.Run, lines_model: seqnlp.LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = load_network(lines_run.path / "model.keras")
    monkeypatch.setattr(module, "_WINDOW", 5)  # long texts are read window by window
    for text, found in zip(TEXTS, lines_model.score(TEXTS), strict=True):
        ids = [END, *lines_model.codec.encode(text), END]
        expected = network.log_probabilities(np.array([ids], np.int32))[0]
        assert found.log_probs == pytest.approx(expected.tolist(), abs=1e-4)
        assert found.tokens == (*text, "")
        assert found.total == pytest.approx(float(expected.sum()), abs=1e-3)
        assert found.perplexity == pytest.approx(math.exp(-expected.mean()), rel=1e-3)


def test_a_sample_is_scored_as_it_was_drawn(lines_model: seqnlp.LanguageModel) -> None:
    """The score of a sample is its log probability, except that generation excludes unknown tokens."""
    options = GenerationOptions(length=12, temperature=1.0, n_best=3, seed=4)
    (found,) = lines_model.predict(["the "], options)
    assert len(found.continuations) == 3
    for each in found.continuations:
        (scored,) = lines_model.score([f"the {each.text}"])
        drawn = scored.log_probs[4:] if each.ended else scored.log_probs[4:-1]
        assert each.score == pytest.approx(sum(drawn), abs=0.05 * len(drawn))
        assert each.score >= sum(drawn) - 1e-3


def test_samples_depend_on_the_seed_and_not_on_other_prompts(lines_model: seqnlp.LanguageModel) -> None:
    options = GenerationOptions(length=20, temperature=1.0, seed=1)
    together = lines_model.predict(TEXTS, options)
    assert [lines_model.predict([text], options)[0].text for text in TEXTS] == [e.text for e in together]
    other = lines_model.predict(TEXTS, GenerationOptions(length=20, temperature=1.0, seed=2))
    assert [each.text for each in other] != [each.text for each in together]


def test_a_continuation_has_at_most_the_length(lines_model: seqnlp.LanguageModel) -> None:
    for length in (1, 7):
        found = lines_model.predict(TEXTS, GenerationOptions(length=length, temperature=2.0))
        for each in found:
            assert len(each.text) <= length
            assert each.continuations[0].ended or len(each.text) == length


@pytest.mark.parametrize("options", [{"seed": 3, "n_best": 2}, {"temperature": 0.0, "n_best": 3}])
def test_continuations_end_before_a_stop_string(
    lines_model: seqnlp.LanguageModel, options: dict[str, float]
) -> None:
    """Samples are those without stop strings, cut before the first one."""
    plain = GenerationOptions(length=40, **options)
    stops = ("at", " c")
    stopped = lines_model.predict(TEXTS, replace(plain, stop=stops))
    assert any(each.ended for found in stopped for each in found.continuations)
    for found, free in zip(stopped, lines_model.predict(TEXTS, plain), strict=True):
        texts = {each.text for each in found.continuations}
        assert not any(stop in text for text in texts for stop in stops)
        if plain.temperature:
            assert texts == {cut_at_stop(each.text, stops)[0] for each in free.continuations}


@pytest.mark.parametrize("size", [1, 3, 16])
def test_a_stream_is_the_text_of_a_prediction(
    lines_model: seqnlp.LanguageModel, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(module, "_STREAMED", size)
    for text in TEXTS:
        for options in (
            GenerationOptions(length=50, temperature=1.2, seed=5),
            GenerationOptions(length=50, temperature=1.2, seed=5, stop=("the mat", "at on")),
            GenerationOptions(length=20, temperature=0),
        ):
            pieces = list(lines_model.stream(text, options))
            assert "".join(pieces) == lines_model.predict([text], options)[0].text
            assert all(pieces)
            if size == 1 and options.temperature and not options.stop:
                assert pieces == list("".join(pieces))


def test_many_samples_are_drawn_in_several_calls(
    lines_model: seqnlp.LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = GenerationOptions(length=60, temperature=1.0, n_best=20, seed=2)
    together = lines_model.predict(TEXTS, options)
    monkeypatch.setattr(sampling, "_ENOUGH", 1000)
    assert lines_model.predict(TEXTS, options) == [
        replace(
            each,
            continuations=tuple(
                replace(one, score=pytest.approx(one.score, abs=1e-3)) for one in each.continuations
            ),
        )
        for each in together
    ]


def test_unknown_characters_of_a_prompt_are_counted(
    lines_model: seqnlp.LanguageModel, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "seqnlp"):
        assert lines_model("Öß cat").text is not None
    assert "2 of 6 characters are unknown to the model" in caplog.text


def test_a_prediction_as_json(lines_model: seqnlp.LanguageModel) -> None:
    options = GenerationOptions(length=5, temperature=0, n_best=2, beam_size=4)
    values = lines_model.predict(["the"], options)[0].to_dict()
    assert list(values) == ["text", "continuation", "score", "continuations"]
    assert values["continuations"][0] == {"text": values["continuation"], "score": values["score"]}
    scored = lines_model.score(["the"])[0].to_dict()
    assert [token["text"] for token in scored["tokens"]] == ["t", "h", "e", ""]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"temperature": float("nan")}, "temperature must be from 0 to 100, not nan"),
        ({"length": 0}, "length must be from 1"),
        ({"top_p": 0.0}, "top_p must be above 0"),
        ({"seed": -1}, "seed must be from 0"),
        ({"stop": ("a", "")}, "a stop string must not be empty"),
        ({"stop": ("a" * 501,)}, "the stop strings have more than 500 characters"),
        ({"temperature": 0.0, "n_best": 6}, "n_best must not exceed beam_size: n_best is 6, beam_size 5"),
    ],
)
def test_options_out_of_range(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        GenerationOptions(**options)


@pytest.mark.parametrize("unit", ["words", "subwords"])
def test_a_continuation_begins_with_a_space_where_it_needs_one(unit: str, tmp_path: Path) -> None:
    """A prompt with a continuation of words has the score of the drawn words, so their tokens are equal.

    Drawn subwords need not be the longest ones, with which a text is scored.
    """
    settings = {**SETTINGS, "text.unit": unit, "text.min_count": 1, "text.max_size": 60}
    run = seqnlp.train(
        "language-model",
        train=[f"{line}\n{line}" for line in LINES],
        dev=LINES[:3],
        settings=settings,
        epochs=1,
        output=tmp_path / "run",
        quiet=True,
    )
    for prompt in ("the cat", "the cat\n", ""):
        options = GenerationOptions(length=6, temperature=1.0, n_best=3, seed=4)
        (found,) = run.model.predict([prompt], options)
        assert (
            "".join(run.model.stream(prompt, options))
            == run.model.predict([prompt], replace(options, n_best=1))[0].text
        )
        if unit == "subwords":
            continue
        (start,) = run.model.score([prompt])
        for each in found.continuations:
            (scored,) = run.model.score([prompt + each.text])
            count = len(start.tokens) - 1
            assert scored.tokens[:count] == start.tokens[:-1]
            drawn = scored.log_probs[count:] if each.ended else scored.log_probs[count:-1]
            assert each.score == pytest.approx(sum(drawn), abs=0.1 * len(drawn))
