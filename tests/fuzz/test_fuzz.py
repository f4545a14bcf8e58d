"""The fuzzer finds no fault in a few seconds, and it finds faults."""

import json
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.errors import DataError
from tests.fuzz.model_files import Sample
from tests.fuzz.mutations import mutate_bytes, mutate_json, mutate_text
from tests.fuzz.predicting import TABLES, check_offsets, check_table
from tests.fuzz.samples import Samples, make_prepared
from tests.fuzz.target import Target, try_inputs, until

SECONDS = 1.0


@pytest.fixture(scope="module")
def samples(model: Path, attending: Any, tmp_path_factory: pytest.TempPathFactory) -> Samples:
    """Return samples that need no training."""
    models = {
        "tagger": Sample(model, ["Ada lived in London.", ("Oslo", "is"), ""]),
        "classifier": Sample(attending.path, ["a film", "two hours"]),
    }
    folder = tmp_path_factory.mktemp("prepared")
    return Samples(models, {name: make_prepared(folder / name, name) for name in ("tagger", "classifier")})


@pytest.mark.parametrize(
    "name", ["checkpoints", "models", "predict", "prepared", "readers", "runs", "settings"]
)
def test_no_input_shows_a_fault(name: str, samples: Samples, tmp_path: Path) -> None:
    tried = list(try_inputs(name, samples.targets()[name], 0, until(SECONDS, count()), tmp_path))
    assert tried
    assert not [print(failure) for failure in tried if failure is not None]


def test_wrong_offsets_are_found() -> None:
    entities = [{"text": "Oslo", "start": 3, "end": 7}]
    check_offsets({"text": "in Oslo", "entities": entities, "id": [3, "b"]})
    with pytest.raises(AssertionError, match="offsets select ' Osl', not 'Oslo'"):
        check_offsets({"text": "in  Oslo", "entities": entities})


def test_broken_tables_are_found() -> None:
    check_table('text,label\n"a, b",good\n', TABLES["csv"])
    with pytest.raises(AssertionError, match="row 2 has 3 columns, not 2"):
        check_table("text,label\na, b,good\n", TABLES["csv"])
    with pytest.raises(AssertionError, match="row 2 cannot be read"):
        check_table('text,label\n"a,good\n', TABLES["csv"])


def fails_with(error: Exception) -> Target:
    def target(random: Random, folder: Path) -> None:
        raise error

    return target


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (KeyError("labels"), "KeyError: 'labels'"),
        (DataError("two\nlines", "a.txt", 3), None),
        (DataError("not UTF-8", "a.txt", 3), None),
    ],
)
def test_only_an_error_of_seqnlp_is_no_fault(error: Exception, reason: str | None, tmp_path: Path) -> None:
    (failure,) = try_inputs("broken", fails_with(error), 5, [7], tmp_path)
    assert (failure is None) == (reason is None)
    if failure is not None:
        assert str(reason) in failure.reason
        assert "python -m tests.fuzz broken --seed 5 --first 7 --count 1" in str(failure)


def test_an_input_depends_on_its_number_and_the_seed_only(tmp_path: Path) -> None:
    drawn: list[float] = []

    def target(random: Random, folder: Path) -> None:
        drawn.append(random.random())

    for folder, seed, numbers in (("a", 1, (0, 1)), ("b", 1, (1,)), ("c", 2, (1,))):
        assert [*try_inputs("drawn", target, seed, numbers, tmp_path / folder)] == [None] * len(numbers)
    assert drawn[1] == drawn[2]
    assert len(set(drawn)) == 3


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.binary(max_size=200), st.text(max_size=50), JSON, st.integers())
def test_mutations_accept_every_value_and_change_nothing_in_place(
    content: bytes, text: str, value: Any, seed: int
) -> None:
    before = json.dumps(value)
    assert mutate_bytes(Random(seed), content) == mutate_bytes(Random(seed), content)
    assert mutate_text(Random(seed), text) == mutate_text(Random(seed), text)
    mutate_json(Random(seed), value)
    assert json.dumps(value) == before
