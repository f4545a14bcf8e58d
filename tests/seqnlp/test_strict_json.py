"""JSON without NaN and Infinity."""

import json
from typing import Any, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.strict_json import dump_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def refuse(name: str) -> NoReturn:
    raise AssertionError(name)


@given(VALUES)
def test_the_result_is_standard_json(value: Any) -> None:
    found = json.loads(dump_json(value), parse_constant=refuse)
    assert found == json.loads(json.dumps(value), parse_constant=lambda name: None)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_is_null(value: float) -> None:
    assert dump_json({"a": [value, (1.5, value)]}) == '{"a": [null, [1.5, null]]}'
