"""Format options that a model file stores."""

from dataclasses import asdict
from typing import Any

import pytest

from seqnlp.corpora import LabelledOptions, PairOptions, TaggedOptions
from seqnlp.data.format_options import FormatOptions
from seqnlp.tasks.registry import get_task, task_names

CHANGED = [
    LabelledOptions(quoting="none", delimiter=";", label_separator="|", binary=True),
    PairOptions(quoting="double", pair="en-de"),
    TaggedOptions(scheme="iob1", tag_form="suffix", strict_tags=True, tag_names="O,B-X", tag_column=1),
]


@pytest.mark.parametrize(
    "options", [*(get_task(name).reader().options() for name in task_names()), *CHANGED], ids=repr
)
def test_stored_options_are_read_back(options: Any) -> None:
    assert type(options)(**type(options).read_stored(asdict(options))) == options


@pytest.mark.parametrize(
    ("kind", "stored"),
    [
        (LabelledOptions, {"quoting": "single"}),
        (LabelledOptions, {"quoting": 1}),
        (PairOptions, {"delimiter": 5}),
        (TaggedOptions, {"tag_form": None}),
        (TaggedOptions, {"strict_tags": 1}),
    ],
)
def test_stored_options_of_another_type_are_refused(
    kind: type[FormatOptions], stored: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"format\.\w+ cannot be "):
        kind.read_stored(stored)
