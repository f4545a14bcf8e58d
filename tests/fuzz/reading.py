"""Corpus files of every format with changed bytes and options, as training and `corpora check` read them."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, Literal, get_args, get_origin, get_type_hints

from seqnlp.corpora import Problems, stop
from seqnlp.data.format_options import FormatOptions
from seqnlp.errors import ConfigError
from seqnlp.tasks.registry import get_task
from seqnlp.tasks.task import AnyTask
from tests.fuzz.mutations import ODD_TEXTS, mutate_bytes, pick

FILES: Mapping[str, Mapping[str, str]] = {
    "tagger": {
        "conll": "# id 1\nAda B-PER\nLovelace I-PER\nslept O\n. O\n\n-DOCSTART- O\n\nIn O\nOslo B-LOC\n",
        "conllu": "# sent_id = 1\n# text = Ada slept\n1\tAda\tAda\tPROPN\tNNP\t_\t2\tnsubj\t_\t_\n"
        "2-3\tdu\t_\t_\t_\t_\t_\t_\t_\t_\n2\tslept\tsleep\tVERB\tVBD\tTense=Past\t0\troot\t_\t_\n\n",
        "jsonl": '{"text": "Ada slept in Oslo.", "entities": [[0, 3, "PER"], [13, 17, "LOC"]]}\n'
        '{"text": "Oslo", "entities": [{"start": 0, "end": 4, "label": "LOC"}]}\n',
    },
    "classifier": {
        "csv": 'text,label\n"A ""lovely"", warm film",good\nTwo hours,bad\n"over\ntwo lines",bad\n',
        "tsv": "text\tlabel\nA lovely film\tgood\nTwo hours\tbad\n",
        "jsonl": '{"text": "A film", "label": "good"}\n{"text": "Two hours", "label": ["bad", "long"]}\n',
        "trees": "(4 (2 A) (3 (3 lovely) (2 film)))\n\n(0 (2 two) (1 hours))\n",
    },
    "translator": {
        "csv": 'source,target\none,eins\n"two, three",zwei\n',
        "tsv": "source\ttarget\none\teins\ntwo\tzwei\n",
        "jsonl": '{"source": "one", "target": "eins"}\n{"source": "two", "target": "zwei"}\n',
    },
    "parser": {
        "mrg": "( (S (NP-SBJ (NNP Tom)) (VP (VBD slept) (-NONE- *)) (. .)) )\n\n"
        "(S (NP (PRP He))\n (VP (VBZ is)))\n",
    },
    "tree-classifier": {
        "txt": "(4 (2 A) (3 (3 lovely) (2 film)))\n(0 (2 two) (1 hours))\n",
    },
    "language-model": {
        "txt": "\ufeffOnce upon a time.\r\n\r\n  The \0 end\u2028of it. 👩‍👩‍👧\n",
        "jsonl": '{"text": "Once\\n\\nupon a time", "id": 7}\n{"text": "The end."}\n',
    },
}
"""A valid file of each task by its ending."""


def read_changed_file(random: Random, folder: Path) -> None:
    """Read one changed file."""
    name, files = pick(random, FILES)
    task = get_task(name)
    ending, valid = pick(random, files)
    path = folder / f"data.{ending}"
    path.write_bytes(mutate_bytes(random, valid.encode()))
    options = random_options(random, task.reader().options)
    if random.random() < 0.1:
        task.read(path, options, stop)
        return
    problems = Problems()
    records = task.read(path, options, problems)
    if records:
        _use(task, records, options, problems)
    for problem in problems.first:
        if problem.path is None or "data." not in str(problem.path):
            raise AssertionError(f"a problem does not name the file: {problem}")


def _use(task: AnyTask, records: Sequence[Any], options: Any, problems: Problems) -> None:
    """Convert records to examples, and count them, as training and `corpora check` do."""
    settings = task.settings().load()
    resolved = settings.model_copy(update={"format": task.resolve(records, options)})
    task.examples(records, resolved, problems, False)
    summary = task.summary(resolved.format, problems).count(records)
    if summary.records:
        _ = summary.figures, summary.counts


def random_options(random: Random, kind: type[FormatOptions]) -> FormatOptions:
    """Return options of which most have their defaults, and some odd values of their type."""
    hints = get_type_hints(kind)
    names = [each.name for each in dataclasses.fields(kind)]
    chosen = random.sample(names, k=random.choice((0, 0, 1, 2)) if len(names) > 1 else 0)
    try:
        return kind(**{name: _odd_value(random, hints[name]) for name in chosen})
    except ConfigError:
        return kind()


def _odd_value(random: Random, kind: Any) -> Any:
    if get_origin(kind) is Literal:
        return random.choice(get_args(kind))
    return random.choice(_VALUES[kind if isinstance(kind, type) else str])


_VALUES: Mapping[type, tuple[Any, ...]] = {
    bool: (False, True),
    int: (0, 1, 2, -1, -2, 5, 10**6, -(10**6)),
    str: (
        *ODD_TEXTS[:-1],
        ",",
        ";",
        "|",
        "text",
        "label",
        "0",
        "1",
        "-1",
        "9",
        "en-de",
        "xpos",
        "jsonl",
        "csv",
    ),
}
