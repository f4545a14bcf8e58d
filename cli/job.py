"""A prediction job: how `seqnlp predict` reads, predicts and writes items."""

import sys
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from seqnlp.cli.formats import choose_input, choose_output
from seqnlp.cli.streams import STANDARD, encoded, encoded_text, has_colours
from seqnlp.data.format_options import input_fields
from seqnlp.errors import DataError
from seqnlp.files import checksum
from seqnlp.serving.items import InputFormat, Item
from seqnlp.serving.model import AnyModel
from seqnlp.serving.predict_options import NewTable, PredictOptions, Writer
from seqnlp.tasks.format import format_options
from seqnlp.tasks.loading import task_of


class Written(NamedTuple):
    """An item and its output.

    Attributes:
        item: The item.
        text: Its prediction, as it is written; empty if there is a problem.
        problem: Why its prediction cannot be written, or None.
    """

    item: Item
    text: bytes
    problem: DataError | None = None


@dataclass(frozen=True)
class Job:
    """The choices of a command: how to read, predict and write items.

    Attributes:
        model: The model.
        options: The options of the predictions.
        form: The format options.
        input_format: The format of the input.
        output_format: The name of the output format.
        write: Writes a prediction.
        name: The name of the input, for messages.
        picture: Where to draw the prediction of the only item, or None.
        table: Returns the table that the output is, or None if it is no table.
        header: The first row of the table.
    """

    model: AnyModel
    options: PredictOptions[Any]
    form: Any
    input_format: InputFormat
    output_format: str
    write: Writer
    name: str
    picture: Path | None = None
    table: NewTable | None = None
    header: str = ""

    def for_fields(self, fields: Sequence[str]) -> "Job":
        """Return the job for inputs with these fields, which are columns of a table.

        Raises:
            DataError: A name cannot be written in the table.
        """
        if self.table is None:
            return self
        table = self.table(fields)
        return replace(self, write=table.write, header=table.header())

    def files(self, source: Path) -> tuple[Path, ...]:
        """Return the files that an input stands for: itself, or two aligned files.

        Raises:
            DataError: One of two aligned files is missing.
        """
        elsewhere = source != STANDARD and self.input_format.open is not None
        return task_of(self.model).reader().files(source, self.form) if elsewhere else (source,)

    def predict(self, chunk: Sequence[Item]) -> list[Written]:
        """Predict a chunk of items."""
        predictions = self.options.predict(self.model, [item.content for item in chunk])
        if self.picture is not None:
            predictions[0].draw(self.picture)
        return [self._write(*pair) for pair in zip(chunk, predictions, strict=True)]

    @property
    def streams(self) -> bool:
        """True if a prediction can be written while it is computed."""
        return self.options.streams and self.output_format == "text"

    def stream(self, item: Item) -> Iterator[bytes]:
        """Yield the pieces of the prediction of an item while it is computed."""
        return map(encoded_text, self.options.stream(self.model, item.content))

    def _write(self, item: Item, prediction: Any) -> Written:
        try:
            return Written(item, encoded(self.write(item, prediction)))
        except DataError as error:
            return Written(item, b"", DataError(error.message, self.name, item.line))

    def identity(self) -> str:
        """Return a text that is the same for the same model, options and formats."""
        return f"{checksum(self.model.file.path)} {self.options} {self.form} {self.output_format}"

    @property
    def opening(self) -> bytes:
        """The text before the first prediction."""
        text = self.header or self.options.opening(self.output_format, str(self.model.file.path))
        return encoded(text) if text else b""

    @property
    def closing(self) -> bytes:
        """The text after the last prediction."""
        text = self.options.closing(self.output_format)
        return encoded(text) if text else b""


def make_job(
    model: AnyModel,
    values: Mapping[str, Any],
    *,
    source: Path,
    input_format: str | None,
    output: Path,
    output_format: str | None,
    name: str,
    picture: Path | None,
) -> Job:
    """Choose options and formats.

    Args:
        model: The model.
        values: The options of the file format and of the predictions that the user gave, by name.
        source: The input file.
        input_format: The name of the input format; None to choose it by the file ending.
        output: The output file.
        output_format: The name of the output format; None to choose it by the file ending.
        name: The name of the input, for messages.
        picture: Where to draw the prediction of the only item, or None.

    Raises:
        ConfigError: An option or a format does not fit the model.
    """
    task = task_of(model)
    of_format = {each.name for each in input_fields(task.reader().options)}
    options = task.predict_options()(**_select(values, values.keys() - of_format))
    options.check(model)
    if picture is not None:
        options.check_drawing()
    path = None if source == STANDARD or input_format is not None else source
    given = _select(values, of_format)
    form = format_options(task, model, given, path)
    formats = options.input_formats(form.for_input(given))
    chosen = choose_input(formats, input_format, source, task, model, form)
    terminal = output == STANDARD and sys.stdout.isatty()
    writers, tables = options.writers(), options.tables(form, model)
    written_as = choose_output([*writers, *tables], output_format, output, terminal, task)
    if terminal and written_as == "text" and has_colours():
        writers = {**writers, "text": options.terminal_writer()}
    write = writers.get(written_as, writers["jsonl"])
    return Job(model, options, form, chosen, written_as, write, name, picture, tables.get(written_as))


def _select(values: Mapping[str, Any], names: Container[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in names}
