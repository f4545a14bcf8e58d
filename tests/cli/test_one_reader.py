"""`evaluate` and `predict` read a file as `train` did, without being told how.

Each property draws a corpus and how it is written, trains on the file, and uses it as dev data, too.
"""

import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import seqnlp
from seqnlp.cli.formats import choose_input
from seqnlp.corpora import read_lines, stop
from seqnlp.tasks.corpus import prepare
from seqnlp.tasks.format import format_options
from seqnlp.tasks.registry import get_task
from seqnlp.text.tokenizers import get_tokenizer

SMALL = {"training.buckets": 1, "training.epochs": 1, "training.averaging": 0}
WORDS = {**SMALL, "network.word_dimension": 4, "network.units": 4, "network.character_filters": 4}
PARSER = {**WORDS, "network.layers": 1, "network.span_units": 8}
PAIRS = {
    **SMALL, "network.units": 4, "network.dimension": 4, "network.decoder_layers": 1, "text.subwords": 0
}  # fmt: skip
TREES = {"training.epochs": 1, "network.units": 4, "network.dimension": 4}


@dataclass(frozen=True)
class Written:
    """A corpus on disk, relative to a folder.

    Attributes:
        task: The name of the task.
        name: The name to pass to the commands.
        files: The content of each file.
        texts: The texts, or the words with spaces between them, that a model must see.
        options: The format options.
        small: The settings of a small network.
    """

    task: str
    name: str
    files: Mapping[str, str]
    texts: Sequence[str]
    options: Mapping[str, Any] = field(default_factory=dict)
    small: Mapping[str, Any] = field(default_factory=lambda: WORDS)

    def write(self, folder: Path) -> Path:
        """Write the files, and return the path for the commands."""
        for name, content in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            data = content.encode()
            (folder / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return folder / self.name


Draw = Callable[[st.SearchStrategy[Any]], Any]

WORD = st.sampled_from(
    ["flew", "en:to", "#", '"so', "a/b", "1.0", "é", "O", "(x)", "B-52", "\u00a0x", "film,"]
)
SPACED = WORD | st.sampled_from(["New York", "a  b"])
TEXT = st.lists(WORD, min_size=1, max_size=4).map(" ".join)
WORDS_OF_SENTENCE = st.lists(WORD, min_size=1, max_size=4)
PLAIN_WORDS = st.lists(st.sampled_from(["flew", "film", "a", "dull", "far"]), min_size=1, max_size=4)


def name_of(draw: Draw, endings: Sequence[str], named: str) -> tuple[str, dict[str, Any]]:
    """Draw the name of a file, and the option that names its format if the ending does not select it."""
    if draw(st.booleans()):
        return f"a{draw(st.sampled_from(endings))}", {}
    return f"a{draw(st.sampled_from(['.data', '.txt', '']))}", {"format": named}


def with_default(draw: Draw, option: str, value: Any, default: Any) -> dict[str, Any]:
    """Return an option, which may be omitted if it has its default."""
    return {} if value == default and draw(st.booleans()) else {option: value}


@st.composite
def columns(draw: Draw) -> Written:
    """Draw CoNLL columns."""
    delimiter = draw(st.sampled_from([None, None, "\t", "|"]))
    word = SPACED if delimiter else WORD.filter(lambda text: " " not in text)
    width = draw(st.integers(2, 4))
    word_column, tag_column = draw(st.permutations(range(width)))[:2]
    plain = draw(st.booleans())
    tag = st.sampled_from(["NOUN", "VERB", "."] if plain else ["O", "B-PER", "B-LOC"])
    first = [("Ada", "NOUN" if plain else "B-PER"), ("flew", "VERB" if plain else "O")]
    sentences = [first, *draw(st.lists(st.lists(st.tuples(word, tag), min_size=1, max_size=4), max_size=4))]
    lines = []
    for sentence in sentences:
        for text, label in sentence:
            cells = ["x"] * width
            cells[word_column], cells[tag_column] = text, label
            lines.append((delimiter or draw(st.sampled_from([" ", "\t"]))).join(cells))
        lines.append("")
    name, named = name_of(draw, [".conll", ".tsv", ".txt", ".bio", ".conll.gz"], "conll")
    options = {
        **named,
        **with_default(draw, "word_column", word_column, 0),
        **with_default(draw, "tag_column", tag_column - draw(st.sampled_from([0, width])), -1),
        **({} if delimiter is None else {"delimiter": delimiter}),
    }
    texts = [" ".join(text for text, _ in sentence) for sentence in sentences]
    return Written("tagger", name, {name: "\n".join(lines)}, texts, options)


@st.composite
def conllu(draw: Draw) -> Written:
    """Draw CoNLL-U."""
    fields = ["upos", "xpos", "feats", "deprel"]
    tag_field = draw(st.sampled_from(fields))
    place = dict(zip(fields, (3, 4, 5, 7), strict=True))[tag_field]
    sentences = [["Ada", "flew"], *draw(st.lists(st.lists(SPACED, min_size=1, max_size=4), max_size=3))]
    lines = []
    for words in sentences:
        lines.append("# text = Ada flew")
        for number, word in enumerate(words, 1):
            cells = [str(number), word, *"________"]
            cells[place] = draw(st.sampled_from(["A", "B"]))
            lines.append("\t".join(cells))
        lines.append("")
    name, named = name_of(draw, [".conllu", ".conllu.gz"], "conllu")
    options = {**named, **with_default(draw, "tag_field", tag_field, "upos")}
    return Written("tagger", name, {name: "\n".join(lines)}, list(map(" ".join, sentences)), options)


@st.composite
def tagged_objects(draw: Draw) -> Written:
    """Draw JSON with words and tags, or with a text and spans, of several tools."""
    sentences = [["Ada", "flew"], *draw(st.lists(PLAIN_WORDS, max_size=3))]
    kind = draw(st.sampled_from(["words", "both", "spans", "doccano", "label_studio"]))
    tag_field = draw(st.sampled_from(["tags", "ner_tags", "entities", "my_tags"]))
    span_key = draw(st.sampled_from(["entities", "spans", "label"]))
    values: list[Any] = []
    for words in sentences:
        text, length = " ".join(words), len(words[0])
        tags = ["B-PER", *["O"] * (len(words) - 1)]
        values.append(
            {
                "words": {"tokens": words, tag_field: tags},
                "both": {"text": f"x{text}", "words": words, tag_field: tags},
                "spans": {"text": text, span_key: [{"start": 0, "end": length, "label": "PER"}]},
                "doccano": {"id": 1, "text": text, "label": [[0, length, "PER"]]},
                "label_studio": _task(text, {"start": 0, "end": length, "labels": ["PER"]}),
            }[kind]
        )
    name, named = name_of(draw, [".jsonl", ".json", ".ndjson", ".json.gz"], "jsonl")
    options = {**named, **({"tag_field": tag_field} if kind in ("words", "both") else {})}
    return Written("tagger", name, {name: _objects(draw, values)}, list(map(" ".join, sentences)), options)


def _task(text: str, value: Mapping[str, Any], key: str = "text") -> dict[str, Any]:
    """Return a task of Label Studio with one result."""
    return {"id": 3, "data": {key: text}, "annotations": [{"result": [{"value": value}]}]}


def _objects(draw: Draw, values: Sequence[Any]) -> str:
    """Write JSON values as lines or as an array."""
    return draw(
        st.sampled_from(
            [
                "".join(json.dumps(each) + "\n" for each in values),
                json.dumps(values),
                json.dumps(values, indent=1),
            ]
        )
    )


LABELS = st.sampled_from(["good", "bad"])
RECORDS = st.lists(st.tuples(TEXT, LABELS), max_size=4)
"""Texts with labels, which follow one text with each label."""
BOTH = [("a fine film", "good"), ("a dull film", "bad")]


@st.composite
def table(draw: Draw, names: tuple[str, str], rows: Sequence[tuple[str, str]]) -> Any:
    """Draw a table: its name, its content, its options, and the names or numbers of the columns."""
    ending = draw(st.sampled_from([".csv", ".tsv"]))
    default = {".csv": ",", ".tsv": "\t"}[ending]
    delimiter = draw(st.sampled_from([default, ",", ";", "\t", "|"]))
    quoting = draw(st.sampled_from(["double", "none"]))
    width = draw(st.integers(2, 3))
    places = draw(st.permutations(range(width)))[:2]
    numbers = draw(st.booleans())
    header = ["other"] * width
    for place, name in zip(places, names, strict=True):
        header[place] = name
    lines = [] if numbers else [header]
    for row in rows:
        cells = ["7"] * width
        for place, cell in zip(places, row, strict=True):
            cells[place] = cell
        lines.append(cells)

    def write(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"' if quoting == "double" else cell

    content = "".join(delimiter.join(map(write, cells)) + "\n" for cells in lines)
    name, named = name_of(draw, [ending, f"{ending}.gz"], ending[1:])
    options = {
        **named,
        **with_default(draw, "delimiter", delimiter, default),
        **with_default(draw, "quoting", quoting, {".csv": "double", ".tsv": "none"}[ending]),
    }
    return name, content, options, tuple(map(str, places)) if numbers else names


FORBIDDEN = str.maketrans("", "", ',;\t|"')


@st.composite
def labelled_tables(draw: Draw) -> Written:
    """Draw CSV and TSV of labelled texts. Texts are free of everything that a dialect may forbid."""
    rows = [(text.translate(FORBIDDEN), label) for text, label in BOTH + draw(RECORDS)]
    names = draw(st.sampled_from([("text", "label"), ("review", "stars"), ("label", "text")]))
    name, content, options, found = draw(table(names, rows))
    options |= with_default(draw, "text_column", found[0], "text")
    options |= with_default(draw, "label_column", found[1], "label")
    return Written("classifier", name, {name: content}, [text for text, _ in rows], options)


@st.composite
def labelled_objects(draw: Draw) -> Written:
    """Draw JSON of labelled texts, also of several labels and of Label Studio."""
    rows = BOTH + draw(RECORDS)
    studio, several = draw(st.booleans()), draw(st.booleans())
    text_column = draw(st.sampled_from(["text", "review"]))
    label_column = "label" if studio else draw(st.sampled_from(["label", "stars"]))
    values = [
        _task(text, {"choices": [label]}, text_column)
        if studio
        else {"id": 1, text_column: text, label_column: [label] if several else label}
        for text, label in rows
    ]
    name, named = name_of(draw, [".jsonl", ".json", ".ndjson"], "jsonl")
    options = {
        **named,
        **with_default(draw, "text_column", text_column, "text"),
        **with_default(draw, "label_column", label_column, "label"),
        **({"label_separator": ";"} if several else {}),
    }
    texts = [text for text, _ in rows]
    return Written("classifier", name, {name: _objects(draw, values)}, texts, options)


@st.composite
def folders(draw: Draw) -> Written:
    """Draw a folder with a file per text."""
    rows = BOTH + draw(RECORDS)
    files = {f"a/{label}/{number}.txt": text for number, (text, label) in enumerate(rows)}
    return Written("classifier", "a", files, [text for text, _ in rows])


SENTENCE_TREES = [
    "(4 (2 a) (4 good))", "(0 (2 a)\n  (0 bad))", "(2 (2 so)\n (2 so))", "(3 (3 (2 -LRB-) (2 x)) (2 film))",
]  # fmt: skip
SENTENCE_TEXTS = ["a good", "a bad", "so so", "( x film"]


@st.composite
def sentiment(draw: Draw, task: str) -> Written:
    """Draw sentiment trees for a classifier or a tree classifier."""
    chosen = [0, 1, *draw(st.lists(st.integers(0, 3), max_size=4))]
    binary = draw(st.booleans())
    options: dict[str, Any] = {"binary": True} if binary else {}
    if task == "classifier":
        options |= {"phrases": True} if draw(st.booleans()) else {}
    name, named = name_of(draw, [".txt", ".mrg", ".ptb"], "trees")
    content = "".join(f"{SENTENCE_TREES[each]}\n" for each in chosen)
    texts = [SENTENCE_TEXTS[each] for each in chosen]
    small = WORDS if task == "classifier" else TREES
    return Written(task, name, {name: content}, texts, {**options, **named}, small)


PARSES = [
    "(S (NP (NNP Ada)) (VP (VBZ sleeps)) (. .))",
    "( (S (NP-SBJ (-NONE- *) (DT The) (NN cat))\n (VP (VBZ waits))))",
    "(NP (NN film) (-LRB- -LRB-) (NN x))",
]  # fmt: skip
PARSED_TEXTS = ["Ada sleeps .", "The cat waits", "film ( x"]


@st.composite
def treebanks(draw: Draw) -> Written:
    """Draw trees for a parser, whose files may have any ending."""
    chosen = [0, *draw(st.lists(st.integers(0, 2), max_size=4))]
    name = f"a{draw(st.sampled_from(['.txt', '.mrg', '.parsed', '', '.mrg.gz']))}"
    content = "".join(f"{PARSES[each]}\n" for each in chosen)
    return Written("parser", name, {name: content}, [PARSED_TEXTS[each] for each in chosen], {}, PARSER)


SIDES = [("one two", "12"), ("two", "2")]
PAIR_ROWS = st.lists(
    st.tuples(st.sampled_from(["one", "one one", "two one"]), st.sampled_from(["1", "22"])), max_size=3
)


@st.composite
def pair_tables(draw: Draw) -> Written:
    """Draw CSV and TSV of pairs."""
    rows = SIDES + draw(PAIR_ROWS)
    names = draw(st.sampled_from([("source", "target"), ("en", "de"), ("target", "source")]))
    name, content, options, found = draw(table(names, rows))
    options |= with_default(draw, "source_column", found[0], "source")
    options |= with_default(draw, "target_column", found[1], "target")
    return Written("translator", name, {name: content}, [source for source, _ in rows], options, PAIRS)


@st.composite
def pair_objects(draw: Draw) -> Written:
    """Draw JSON of pairs."""
    rows = SIDES + draw(PAIR_ROWS)
    source, target = draw(st.sampled_from([("source", "target"), ("en", "de"), ("text", "summary")]))
    values = [{"id": 7, source: one, target: other} for one, other in rows]
    name, named = name_of(draw, [".jsonl", ".json", ".ndjson"], "jsonl")
    options = {
        **named,
        **with_default(draw, "source_column", source, "source"),
        **with_default(draw, "target_column", target, "target"),
    }
    return Written(
        "translator", name, {name: _objects(draw, values)}, [one for one, _ in rows], options, PAIRS
    )


@st.composite
def aligned(draw: Draw) -> Written:
    """Draw two aligned files."""
    rows = SIDES + draw(PAIR_ROWS)
    gz = draw(st.sampled_from(["", ".gz"]))
    files = {
        f"a.en{gz}": "".join(f"{one}\n" for one, _ in rows),
        "a.de": "".join(f"{other}\n" for _, other in rows),
    }
    return Written("translator", "a", files, [one for one, _ in rows], {"pair": "en-de"}, PAIRS)


STRATEGIES = {
    "columns": columns(),
    "conllu": conllu(),
    "tagged_objects": tagged_objects(),
    "labelled_tables": labelled_tables(),
    "labelled_objects": labelled_objects(),
    "folders": folders(),
    "sentiment_texts": sentiment("classifier"),
    "sentiment_trees": sentiment("tree-classifier"),
    "treebanks": treebanks(),
    "pair_tables": pair_tables(),
    "pair_objects": pair_objects(),
    "aligned": aligned(),
}


def settings_of(written: Written, path: Path) -> dict[str, Any]:
    """Return the settings of a training on a file."""
    options = {f"format.{name}": value for name, value in written.options.items()}
    return {**written.small, **options, "data.train": path, "data.dev": path}


def assert_texts(written: Written, texts: Sequence[str]) -> None:
    """Check the texts that a command has seen. Those of folders are sorted by label."""
    if any("/" in name for name in written.files):
        assert sorted(texts) == sorted(written.texts)
    else:
        assert list(texts) == list(written.texts)


WITHOUT_SHRINKING = settings(
    max_examples=1,
    phases=[Phase.generate],
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", STRATEGIES)
@WITHOUT_SHRINKING
@given(data=st.data())
def test_a_file_is_scored_and_predicted_as_in_training(cli, tmp_path_factory, kind: str, data) -> None:
    written = data.draw(STRATEGIES[kind])
    folder = tmp_path_factory.mktemp(kind)
    path = written.write(folder)
    run = seqnlp.train(written.task, settings=settings_of(written, path), output=folder / "run", quiet=True)
    evaluated = cli("evaluate", run.path, "--data", path, "--json")
    assert evaluated.exit_code == 0, evaluated.stderr
    assert json.loads(evaluated.stdout) == run.metrics["dev"]
    predicted = cli("predict", run.path, "--input", path, "--output", folder / "out.jsonl")
    assert predicted.exit_code == 0, predicted.stderr
    lines = (folder / "out.jsonl").read_text("utf-8").splitlines()
    assert_texts(written, [json.loads(line)["text"] for line in lines])


@pytest.mark.parametrize("kind", STRATEGIES)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_file_is_read_as_in_training(tmp_path_factory, kind: str, data) -> None:
    """The same as above without a network: only what a model file stores about reading files."""
    written = data.draw(STRATEGIES[kind])
    path = written.write(tmp_path_factory.mktemp(kind))
    task = get_task(written.task)
    prepared = prepare(task, task.settings().load(None, (), settings_of(written, path)))
    file = SimpleNamespace(
        path="model.onnx",
        spec={"format": prepared.format_options},
        metadata={"provenance": {"data": dict(prepared.source)}},
    )
    model: Any = SimpleNamespace(file=file, codec=prepared.codec, tokenizer=get_tokenizer("words"))
    form = format_options(task, model, {}, path)
    records = list(task.reader().read(path, task.split_options(form, "test")))
    gold = task.gold(records, model, task.resolve(records, form), stop, False)
    assert gold == prepared.held_out["dev"].examples
    chosen = choose_input(task.predict_options()().input_formats(form), None, path, task, model, form)
    lines = read_lines(path) if chosen.open is None else ()
    items = chosen.read(lines, str(path)) if chosen.open is None else chosen.open(path, stop)
    assert_texts(written, [text_of(item.content) for item in items])


def text_of(content: Any) -> str:
    """Return the text of the content of an item: a text, words or a tree."""
    words = getattr(content, "words", content)
    return words if isinstance(words, str) else " ".join(words)
