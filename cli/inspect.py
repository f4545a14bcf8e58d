"""`seqnlp inspect`: show the contents of a model file."""

from seqnlp.cli.options import AsJson, ModelPath
from seqnlp.errors import escape_controls
from seqnlp.serving.model import AnyModel
from seqnlp.strict_json import dump_json
from seqnlp.types import JsonObject


def inspect(model: ModelPath, as_json: AsJson = False) -> None:
    """Show the task, labels, sizes, scores and provenance of a model file.

    With --json, the output also contains the codec with its vocabularies.

    Example: seqnlp inspect runs/names
    """
    from seqnlp.tasks.loading import load

    opened = load(model)
    found = contents(opened)
    if as_json:
        print(dump_json({**found, "codec": opened.file.spec["codec"]}))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(show_header=False, box=None)
    for key, value in found.items():
        text = value if isinstance(value, str) else dump_json(value, ensure_ascii=False)
        table.add_row(escape_controls(key), escape_controls(text))
    Console(markup=False, highlight=False).print(table)


def contents(model: AnyModel) -> JsonObject:
    """Return the description of a model as JSON values."""
    codec, file = model.codec, model.file
    return {
        "task": file.task,
        "format": file.metadata["format"],
        "file": str(file.path),
        "bytes": file.path.stat().st_size,
        **codec.summary(),
        **{f"format.{key}": value for key, value in file.spec.get("format", {}).items() if value is not None},
        "inputs": {each.name: each.shape for each in file.session.get_inputs()},
        "outputs": {each.name: each.shape for each in file.session.get_outputs()},
        **{f"provenance.{key}": value for key, value in file.metadata.get("provenance", {}).items()},
    }
