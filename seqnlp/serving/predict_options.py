"""Options of predictions, with the formats of input and output, for `seqnlp predict`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from seqnlp.errors import ConfigError
from seqnlp.serving.items import InputFormat, Item, read_text_objects, read_texts
from seqnlp.serving.model import Model
from seqnlp.serving.prediction import Prediction
from seqnlp.text.json_values import JSON_ENDINGS

ModelT = TypeVar("ModelT", bound=Model[Any, Any, Any])
Value = TypeVar("Value")
Writer: TypeAlias = Callable[[Item, Any], str]
"""Writes the prediction of an item as text."""


class Table(Protocol):
    """A table of predictions."""

    def header(self) -> str:
        """Return the row with the names of the columns."""
        ...

    def write(self, item: Item, prediction: Any) -> str:
        """Return the row of a prediction."""
        ...


NewTable: TypeAlias = Callable[[Sequence[str]], Table]
"""Returns a table for inputs with fields of these names."""


def output_option(default: Value, description: str) -> Value:
    """Return a dataclass field with a help text for an option that changes the output, not the scores."""
    return field(default=default, metadata={"help": description, "output": True})


def evaluation_option(default: Value, description: str) -> Value:
    """Return a dataclass field with a help text for an option that only `seqnlp evaluate` has."""
    return field(default=default, metadata={"help": description, "evaluation": True})


def prediction_fields(kind: "type[PredictOptions[Any]]") -> "list[Field[Any]]":
    """Return the fields that `seqnlp predict` has."""
    return [each for each in fields(kind) if not each.metadata.get("evaluation")]


def scored_fields(kind: "type[PredictOptions[Any]]") -> "list[Field[Any]]":
    """Return the fields that may change predictions and their scores, which `seqnlp evaluate` has too."""
    return [each for each in fields(kind) if not each.metadata.get("output")]


@dataclass(frozen=True, kw_only=True)
class PredictOptions(Generic[ModelT]):
    """The options of predictions. A subclass adds its own as fields with a help text.

    A field from `option` may change the prediction. A field from `output_option` changes only the output. A
    field from `evaluation_option` changes only an evaluation.

    The command line shows the fields as options. Each field needs a default, and its values are hashable.
    """

    def check(self, model: ModelT) -> None:
        """Check that a model can predict with these options.

        Raises:
            ConfigError: The model cannot use them.
        """

    def predict(self, model: ModelT, contents: Sequence[Any]) -> Sequence[Any]:
        """Return the predictions for a list of contents."""
        predictions: Sequence[Any] = model.predict(contents)
        return predictions

    @property
    def streams(self) -> bool:
        """True if `stream` returns the prediction for one content piece by piece."""
        return False

    def stream(self, model: ModelT, content: Any) -> Iterator[str]:
        """Yield the pieces of a prediction while it is computed. Together, they are what `text` shows."""
        raise NotImplementedError(f"{type(self).__name__} does not stream")

    def input_formats(self, form: Any) -> Mapping[str, InputFormat]:
        """Return the input formats by name; the first is the default.

        Args:
            form: The format options of the task's reader, with which the training files were read.
        """
        return {
            "text": InputFormat(read_texts, (".txt",)),
            "jsonl": InputFormat(read_text_objects, JSON_ENDINGS),
        }

    def writers(self) -> Mapping[str, Writer]:
        """Return the writer of each output format; `text` is the default on a terminal, else `jsonl`.

        The writer of `html` writes parts of the body of a page, which `page_start` starts.
        """
        return {"jsonl": write_json}

    def tables(self, form: Any, model: ModelT) -> Mapping[str, NewTable]:
        """Return the output formats that are tables.

        Args:
            form: As for `input_formats`.
            model: The model, which may define the columns.
        """
        return {}

    def terminal_writer(self) -> Writer:
        """Return the writer of text for a terminal with colours."""
        writers = self.writers()
        return writers.get("text", writers["jsonl"])

    def page_start(self, model: str) -> str:
        """Return the start of an HTML page. Options with a writer of HTML override this method.

        Args:
            model: The path of the model, for the title.
        """
        raise NotImplementedError(f"{type(self).__name__} writes no HTML pages")

    def opening(self, output_format: str, model: str) -> str:
        """Return the text before the first prediction: the start of an HTML page, or nothing."""
        return self.page_start(model) if output_format == "html" else ""

    def closing(self, output_format: str) -> str:
        """Return the text after the last prediction: the end of an HTML page, or nothing."""
        if output_format != "html":
            return ""
        from seqnlp.serving.html_page import PAGE_END

        return PAGE_END

    def check_drawing(self) -> None:
        """Check that predictions can be drawn, with their method `draw(path)`.

        Raises:
            ConfigError: They cannot. Subclasses whose predictions have `draw` override this method.
        """
        raise ConfigError("this model's predictions cannot be drawn")


def write_json(item: Item, prediction: Prediction) -> str:
    """Write a prediction as one line of JSON, after the fields of the input line."""
    return prediction.to_json(item.fields)
