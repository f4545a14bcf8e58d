"""Model files with changed metadata, changed inputs and outputs, and changed bytes."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import onnx

import seqnlp
from seqnlp.cli.inspect import contents
from seqnlp.tasks.format import format_options
from seqnlp.tasks.loading import task_of
from tests.fuzz.mutations import ODD_TEXTS, mutate_bytes, mutate_json_text, pick

Change = Callable[[Random, onnx.ModelProto], None]


@dataclass(frozen=True)
class Sample:
    """A model file and inputs that it can predict."""

    path: Path
    contents: Sequence[Any]


@dataclass(frozen=True)
class ModelFiles:
    """Loads and uses a model file with a few changes.

    Attributes:
        samples: Valid model files by task.
    """

    samples: Mapping[str, Sample]

    def __call__(self, random: Random, folder: Path) -> None:
        """Use one changed file."""
        _, sample = pick(random, self.samples)
        path = folder / "model.onnx"
        path.write_bytes(change_model(random, sample.path))
        model = seqnlp.load(path)
        for prediction in model.predict(sample.contents):
            # A text with lone surrogates or a number that is not finite is no valid JSON.
            json.dumps(prediction.to_dict(), allow_nan=False)
        json.dumps(contents(model))
        format_options(task_of(model), model, {})


def change_model(random: Random, path: Path) -> bytes:
    """Return a model file with a few changes."""
    if random.random() < 0.15:
        return mutate_bytes(random, path.read_bytes())
    model = onnx.load(path)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        random.choice(CHANGES)(random, model)
    return model.SerializeToString()


def _change_metadata(random: Random, model: onnx.ModelProto) -> None:
    """Change a value of the metadata, most often the spec."""
    entries = {each.key.removeprefix("seqnlp."): each for each in model.metadata_props}
    key = random.choice(("spec", "spec", "spec", "facts", "provenance", "task", "format"))
    if key not in entries:
        return
    if key == "task":
        entries[key].value = random.choice((*TASKS, *(text for text in ODD_TEXTS if text.isascii())))
    else:
        try:
            entries[key].value = mutate_json_text(random, entries[key].value).encode("utf-8", "replace")
        except ValueError:
            return  # an earlier change made it invalid


def _rename(random: Random, model: onnx.ModelProto) -> None:
    """Rename an input or output, everywhere or only in the list."""
    value = random.choice((*model.graph.input, *model.graph.output))
    before, after = value.name, random.choice(("other", "tags", "words", "scores", "\x1b[31m", "", "é"))
    value.name = after
    if random.random() < 0.8:
        for node in model.graph.node:
            for names in (node.input, node.output):
                names[:] = [after if name == before else name for name in names]
        for each in model.graph.initializer:
            each.name = after if each.name == before else each.name


def _change_type(random: Random, model: onnx.ModelProto) -> None:
    """Declare another element type for an input or output."""
    value = random.choice((*model.graph.input, *model.graph.output))
    value.type.tensor_type.elem_type = random.randint(0, 16)


def _cast(random: Random, model: onnx.ModelProto) -> None:
    """Compute an output as before, and cast it to another type."""
    value = random.choice(model.graph.output)
    kind = random.choice((1, 6, 7, 9, 11))
    before = f"{value.name}_before"
    for node in model.graph.node:
        node.output[:] = [before if name == value.name else name for name in node.output]
        node.input[:] = [before if name == value.name else name for name in node.input]
    model.graph.node.append(onnx.helper.make_node("Cast", [before], [value.name], to=kind))
    value.type.tensor_type.elem_type = kind


def _change_shape(random: Random, model: onnx.ModelProto) -> None:
    """Change, add or remove a declared axis."""
    value = random.choice((*model.graph.input, *model.graph.output))
    dimensions = value.type.tensor_type.shape.dim
    if dimensions and random.random() < 0.7:
        dimensions[random.randrange(len(dimensions))].dim_value = random.choice((-1, 0, 1, 2, 3, 2**40))
    elif dimensions and random.random() < 0.5:
        del dimensions[0]
    else:
        dimensions.add().dim_value = 1


def _remove_output(random: Random, model: onnx.ModelProto) -> None:
    if len(model.graph.output) > 1:
        del model.graph.output[random.randrange(len(model.graph.output))]


def _remove_node(random: Random, model: onnx.ModelProto) -> None:
    del model.graph.node[random.randrange(len(model.graph.node))]


def _change_weights(random: Random, model: onnx.ModelProto) -> None:
    """Change the bytes or the shape of a weight."""
    weight = random.choice(model.graph.initializer)
    if weight.dims and random.random() < 0.5:
        place = random.randrange(len(weight.dims))
        weight.dims[place] = max(0, weight.dims[place] + random.choice((-1, 1)))
    if weight.raw_data:
        weight.raw_data = mutate_bytes(random, weight.raw_data)


CHANGES: Sequence[Change] = (
    _change_metadata,
    _change_metadata,
    _change_metadata,
    _change_metadata,
    _rename,
    _change_type,
    _cast,
    _change_shape,
    _remove_output,
    _remove_node,
    _change_weights,
)
"""The changes of a model; the metadata are changed most often."""

TASKS = ("tagger", "classifier", "translator", "parser", "tree-classifier", "painter")
