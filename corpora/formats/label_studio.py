"""Tasks of Label Studio (https://labelstud.io/guide/export), as objects with a text and its labels."""

from collections.abc import Iterator
from typing import Any


def flatten_task(value: Any) -> Any:
    """Convert a task of Label Studio's JSON export to an object with its data, `entities` and `label`.

    The first annotation that was not cancelled counts. Any other value is returned as it is.

    Args:
        value: A JSON value.

    Raises:
        ValueError: The task has no annotation, or it is malformed.

    Example:
        >>> span = {"type": "labels", "value": {"start": 0, "end": 3, "labels": ["PER"]}}
        >>> flatten_task({"data": {"text": "Ada sleeps."}, "annotations": [{"result": [span]}]})
        {'text': 'Ada sleeps.', 'entities': [{'start': 0, 'end': 3, 'labels': ['PER']}], 'label': []}
    """
    match value:
        case {"data": dict(data), "annotations": list(annotations)}:
            results = list(_results(annotations))
        case _:
            return value
    choices = [choice for each in results for choice in each.get("choices", ())]
    return {**data, "entities": [each for each in results if "labels" in each], "label": choices}


def _results(annotations: list[Any]) -> Iterator[dict[str, Any]]:
    """Yield the values of the results of the first annotation that was not cancelled."""
    for annotation in annotations:
        match annotation:
            case {"was_cancelled": True}:
                continue
            case {"result": list(results)}:
                for result in results:
                    match result:
                        case {"value": dict(found)}:
                            yield found
                return
    raise ValueError("the task has no annotation")
