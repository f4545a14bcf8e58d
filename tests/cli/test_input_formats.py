"""`seqnlp predict` reads a file the way the training files were read."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import pytest
from onnx import helper

from seqnlp.corpora import read_conll, read_conllu
from seqnlp.serving.model_file import open_model

CONLLU = (
    "# sent_id = 1\n# text = Ada flew.\n1-2\tAda's\t_\t_\t_\t_\t_\t_\t_\t_\n"
    "1\tAda\t_\tPROPN\tNNP\t_\t_\t_\t_\t_\n2\tflew\t_\tVERB\tVBD\t_\t_\t_\t_\t_\n\n"
    "# sent_id = 2\n1\tNew York\t_\t_\t_\t_\t_\t_\t_\t_\n\n"
)


@pytest.fixture
def trained(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that copies a model file, as if its training files had been read with options."""

    def copy(model: Path, **options: Any) -> Path:
        proto = onnx.load(str(model))
        properties = {each.key: each.value for each in proto.metadata_props}
        properties["seqnlp.spec"] = json.dumps({**open_model(model).spec, "format": options})
        helper.set_model_props(proto, properties)
        path = tmp_path / "trained.onnx"
        onnx.save(proto, str(path))
        return path

    return copy


@pytest.fixture
def texts_of(cli, tmp_path: Path) -> Callable[..., list[str]]:
    """Return a function that writes a file, predicts it, and returns the texts of the predictions."""

    def predict(model: Path, name: str, content: str, *options: str) -> list[str]:
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        result = cli("predict", model, "--input", path, *options)
        assert (result.exit_code, result.stderr) == (0, "")
        return [json.loads(line)["text"] for line in result.stdout.splitlines()]

    return predict


@pytest.mark.parametrize(
    ("name", "content", "texts"),
    [
        ("in.txt", "Ada flew .\n\nParis\n", ["Ada flew .", "", "Paris"]),
        ("in.log", "Ada flew .\nParis\n", ["Ada flew .", "Paris"]),
        ("in", "Ada flew .\nParis\n", ["Ada flew .", "Paris"]),
        ("in.conll", "Ada NNP\nflew VBD\n\nParis NNP\n", ["Ada flew", "Paris"]),
        ("in.BIO", "Ada\nflew\n\nParis\n", ["Ada flew", "Paris"]),
        ("in.tsv", "Ada\tO\nflew\tO\n\nParis\tO\n", ["Ada flew", "Paris"]),
        ("in.conll", "# id 1\tdomain=en\nAda O\nflew O\n\n# id 2\nParis O\n", ["Ada flew", "Paris"]),
        ("in.conll", "# only = this\n\nen:Ada\nen:flew\n\nen:Paris\n", ["", "Ada flew", "Paris"]),
        ("in.conllu", CONLLU, ["Ada flew", "New York"]),
        ("in.jsonl", '{"text": "Ada"}\n{"tokens": ["flew", "."]}\n', ["Ada", "flew ."]),
        ("in.ndjson", '{"text": "Ada"}\n', ["Ada"]),
    ],
)
def test_the_file_ending_selects_the_format_of_a_tagger(texts_of, model, name, content, texts) -> None:
    assert texts_of(model, name, content) == texts


def test_a_gzipped_file_has_the_format_of_its_inner_ending(cli, model, tmp_path: Path) -> None:
    path = tmp_path / "in.conll.gz"
    path.write_bytes(gzip.compress(b"Ada NNP\nflew VBD\n"))
    (line,) = cli("predict", model, "--input", path).stdout.splitlines()
    assert json.loads(line)["text"] == "Ada flew"


def test_an_ending_that_the_task_does_not_read_is_an_error(complaint, model, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("text\nAda\n")
    line = complaint("predict", model, "--input", tmp_path / "in.csv")
    assert "in.csv: the file ending selects csv, but a tagger reads text or tokens" in line


@pytest.mark.parametrize(
    ("stored", "options", "content", "texts"),
    [
        ({"delimiter": "\t"}, [], "Dan Berg\tB-PER\nflew\tO\n", ["Dan Berg flew"]),
        ({"delimiter": "\t"}, [], "Dan Berg\nflew\n", ["Dan Berg flew"]),
        ({"delimiter": "|"}, [], "Dan Berg|O|x\nflew|O|x\n", ["Dan Berg flew"]),
        ({"word_column": 1}, [], "1 Ada O\n2 flew O\n", ["Ada flew"]),
        ({"word_column": -1}, [], "O Ada\nO flew\n", ["Ada flew"]),
        ({"word_column": 1}, ["--word-column", "0"], "Ada O\nflew O\n", ["Ada flew"]),
        ({}, ["--word-column", "1"], "1 Ada O\n2 flew O\n", ["Ada flew"]),
        ({"delimiter": "\t"}, ["--delimiter", " "], "Ada O\nflew O\n", ["Ada flew"]),
    ],
)
def test_columns_are_those_of_the_training_files(
    texts_of, trained, model, stored: dict[str, Any], options: list[str], content: str, texts: list[str]
) -> None:
    assert texts_of(trained(model, **stored), "in.conll", content, *options) == texts


def test_the_format_of_training_reads_files_whose_ending_selects_none(texts_of, trained, model) -> None:
    assert texts_of(trained(model, format="conll"), "in.data", "Ada O\nflew O\n") == ["Ada flew"]
    assert texts_of(trained(model, format="conll"), "in.jsonl", '{"text": "Ada"}\n') == ["Ada"]


def test_evaluation_uses_the_format_of_training_for_unknown_endings(cli, trained, model, tmp_path) -> None:
    (tmp_path / "gold.data").write_text("1 Ada B-PER\n2 flew O\n")
    path = trained(model, format="conll", word_column=1)
    scores = json.loads(cli("evaluate", path, "--data", tmp_path / "gold.data", "--json").stdout)
    assert (scores["tokens"], scores["support"]) == (2, 1)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("Ada\n", "in.conll:1: 1 column, but the word is in column 1"),
        ("1 Ada\n2\n", "in.conll:2: 1 column, but the word is in column 1"),
        ("1 Ada\n2 fl\rew\n", "in.conll:2: a carriage return inside a line"),
    ],
)
def test_columns_that_are_missing_are_errors(
    complaint, trained, model, tmp_path: Path, content: str, message: str
) -> None:
    (tmp_path / "in.conll").write_bytes(content.encode())
    line = complaint("predict", trained(model, word_column=1), "--input", tmp_path / "in.conll",
                     "--output", tmp_path / "out")  # fmt: skip
    assert message in line


def test_an_invalid_line_of_conllu_is_an_error(complaint, model, tmp_path: Path) -> None:
    (tmp_path / "in.conllu").write_text("1\tAda\n")
    line = complaint("predict", model, "--input", tmp_path / "in.conllu")
    assert "in.conllu:1: 2 fields between tabs, but CoNLL-U has 10" in line


def test_conllu_comes_back_with_its_tags(cli, model, tmp_path: Path) -> None:
    source, output = tmp_path / "in.conllu", tmp_path / "out.conllu"
    source.write_text(CONLLU, encoding="utf-8")
    assert cli("predict", model, "--input", source, "--output", output).exit_code == 0
    changed = output.read_text("utf-8")
    sentences = list(read_conllu(output))
    assert [sentence.words for sentence in sentences] == [("Ada", "flew"), ("New York",)]
    tags = [tag for sentence in sentences for tag in sentence.tags]
    assert changed.replace(f"\t{tags[0]}\t", "\tPROPN\t", 1).splitlines()[:4] == CONLLU.splitlines()[:4]


def test_predicted_tags_replace_the_field_of_training(cli, trained, model, tmp_path: Path) -> None:
    source, output = tmp_path / "in.conllu", tmp_path / "out.conllu"
    source.write_text(CONLLU.replace("_\t_\t_\t_\t_\t_\t_\t_\n\n", "X\tY\t_\t_\t_\t_\t_\t_\n\n"), "utf-8")
    cli("predict", trained(model, tag_field="xpos"), "--input", source, "--output", output)
    assert next(read_conllu(output)).tags == ("PROPN", "VERB")
    (first, _), _ = (each.tags for each in read_conllu(output, tag_field="xpos"))
    assert first != "NNP"


@pytest.mark.parametrize("delimiter", [None, "\t", "|"])
def test_columns_come_back_with_the_delimiter_of_training(
    cli, trained, model, tmp_path: Path, delimiter: str | None
) -> None:
    source, output = tmp_path / "in.conll", tmp_path / "out.conll"
    words = ["Dan" if delimiter is None else "Dan Berg", "flew"]
    source.write_text("".join(f"{word}\n" for word in words))
    cli("predict", trained(model, delimiter=delimiter), "--input", source, "--output", output)
    (sentence,) = read_conll(output, delimiter=delimiter)
    assert list(sentence.words) == words


@pytest.mark.parametrize("name", ["out.conll", "out.txt", "out.jsonl", "out.ndjson", "out"])
def test_the_file_ending_selects_the_output_format(cli, model, tmp_path: Path, name: str) -> None:
    assert cli("predict", model, "Ada", "--output", tmp_path / name).exit_code == 0
    written = (tmp_path / name).read_text()
    start = {".conll": "Ada\t", ".txt": ("Ada", "[Ada")}.get(Path(name).suffix, '{"text": "Ada"')
    assert written.startswith(start)


@pytest.mark.parametrize(
    ("stored", "content", "texts"),
    [
        ({}, '{"text": "fine"}\n{"tokens": ["so", "so"]}\n', ["fine", "so so"]),
        ({"text_column": "review"}, '{"review": "fine"}\n{"text": "so"}\n', ["fine", "so"]),
        ({"text_column": "review"}, '{"review": "fine", "text": "other"}\n', ["fine"]),
    ],
)
def test_a_classifier_reads_the_key_of_the_training_files(
    texts_of, trained, attending, stored: dict[str, Any], content: str, texts: list[str]
) -> None:
    assert texts_of(trained(attending.path, **stored), "in.jsonl", content) == texts


def test_a_classifier_reads_the_sentences_of_trees(texts_of, attending) -> None:
    trees = "(3 (2 a)\n   (4 (3 best) (2 film)))\n(1 dull)\n"
    assert texts_of(attending.path, "in.mrg", trees) == ["a best film", "dull"]
    assert texts_of(attending.path, "in.txt", trees, "--input-format", "trees") == ["a best film", "dull"]


@pytest.mark.parametrize(
    ("stored", "name", "content", "lines"),
    [
        ({}, "in.csv", "text,label\nfine,good\n", [{"input": {"label": "good"}, "text": "fine"}]),
        ({}, "in.csv", 'id,text\n7,"fine, ""so""\nfine"\n', [{"id": "7", "text": 'fine, "so"\nfine'}]),
        ({"delimiter": ";"}, "in.csv", "text;id\nfine;7\n", [{"id": "7", "text": "fine"}]),
        ({}, "in.tsv", 'text\tid\n"fine\t7\n', [{"id": "7", "text": '"fine'}]),
        ({"quoting": "double"}, "in.tsv", 'text\tid\n"fine\t"\t7\n', [{"id": "7", "text": "fine\t"}]),
        ({"text_column": "review"}, "in.csv", "review\nfine\n", [{"review": "fine", "text": "fine"}]),
        (
            {"text_column": "1", "label_column": "0"},
            "in.csv",
            "good,fine\nbad,so\n",
            [{"0": "good", "1": "fine", "text": "fine"}, {"0": "bad", "1": "so", "text": "so"}],
        ),
        ({"text_column": "-1"}, "in.csv", "id,t\n7,fine\n", [{"id": "7", "t": "fine", "text": "fine"}]),
        ({}, "in.csv", "", []),
        ({}, "in.csv", "text\n", []),
    ],
)
def test_a_classifier_reads_tables_as_in_training(
    cli, trained, attending, tmp_path: Path, stored, name: str, content: str, lines: list[dict[str, Any]]
) -> None:
    (tmp_path / name).write_text(content)
    result = cli("predict", trained(attending.path, **stored), "--input", tmp_path / name)
    assert result.exit_code == 0
    found = [json.loads(line) for line in result.stdout.splitlines()]
    for line in found:
        assert {line.pop("label"), *line.pop("scores")} == {"good", "bad"}
        del line["score"]
    assert found == lines


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("review\nfine\n", "in.csv:1: no column 'text'; the first row has 'review'"),
        ("text,id\nfine\n", "in.csv:2: 1 column, but line 1 has 2"),
        ('text,id\n"fine,7\n', "in.csv:2: unclosed quote"),
    ],
)
def test_an_invalid_table_is_an_error(complaint, attending, tmp_path: Path, content, message) -> None:
    (tmp_path / "in.csv").write_text(content)
    assert message in complaint("predict", attending.path, "--input", tmp_path / "in.csv")


def test_options_of_the_format_override_those_of_training(cli, attending, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("id|body\n7|fine\n")
    options = ("--input", tmp_path / "in.csv", "--delimiter", "|", "--text-column", "body")
    (line,) = cli("predict", attending.path, *options).stdout.splitlines()
    assert json.loads(line)["text"] == "fine"


def test_comments_of_columns_come_back(cli, model, tmp_path: Path) -> None:
    source, output = tmp_path / "in.conll", tmp_path / "out.conll"
    source.write_text("# id 1\nen:Ada O\nen:flew O\n\n# id 2\nen:Paris O\n")
    assert cli("predict", model, "--input", source, "--output", output).exit_code == 0
    lines = output.read_text().splitlines()
    assert [line.rpartition(" ")[0] for line in lines if "O" in line] == [
        "en:Ada O",
        "en:flew O",
        "en:Paris O",
    ]
    assert [line for line in lines if line.startswith("#")] == ["# id 1", "# id 2"]


def test_options_for_labels_are_not_options_of_predictions(cli, model) -> None:
    shown = cli("predict", model, "--help").stdout
    assert "--word-column" in shown
    assert not [name for name in ("--tag-column", "--scheme", "--strict-tags", "--tag-form") if name in shown]


def test_an_unknown_field_of_conllu_is_an_error(cli, complaint, trained, model, tmp_path: Path) -> None:
    (tmp_path / "in.conllu").write_text(CONLLU)
    path = trained(model, tag_field="ner_tags")  # a key of JSON lines
    assert cli("predict", path, "Ada").exit_code == 0
    line = complaint("predict", path, "--input", tmp_path / "in.conllu")
    assert "unknown CoNLL-U field 'ner_tags'" in line


@pytest.mark.parametrize("ending", ["csv", "html"])
def test_an_ending_that_the_task_does_not_write_is_an_error(complaint, model, tmp_path: Path, ending) -> None:
    line = complaint("predict", model, "Ada", "--output", tmp_path / f"out.{ending}")
    assert f"the file ending selects {ending}, but a tagger writes jsonl or conll" in line
    assert list(tmp_path.iterdir()) == []


SPAN = {"start": 0, "end": 3, "label": "PER"}
TASK = {"id": 3, "data": {"text": "Ada flew", "review": "Ada"}, "annotations": [{"result": []}], "meta": {}}


@pytest.mark.parametrize(
    ("value", "text", "kept"),
    [
        ({"text": "Ada flew", "entities": [[0, 3, "PER"]]}, "Ada flew", {"input"}),
        ({"text": "Ada flew", "spans": [SPAN], "tokens": [{"text": "Ada"}], "answer": "accept"}, "Ada flew",
         {"spans", "tokens", "answer"}),
        ({"text": "Ada flew", "label": [[0, 3, "PER"]], "id": 1}, "Ada flew", {"label", "id"}),
        ({"text": "Ada", "entities": [{"start_offset": 0, "end_offset": 3}], "relations": []}, "Ada",
         {"input", "relations"}),
        (TASK, "Ada flew", {"id", "data", "annotations", "meta"}),
        ({"data": {"text": "Ada flew"}}, "Ada flew", {"data"}),
        ({"id": 0, "tokens": ["Ada", "flew"], "ner_tags": [1, 0]}, "Ada flew", {"id", "tokens", "ner_tags"}),
        ({"words": ["Ada"], "tags": ["O"], "text": "Ada!"}, "Ada", {"words", "tags", "input"}),
        ({"words": ["Ada"], "text": "Ada!"}, "Ada!", {"words"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["lines", "array", "indented"])
def test_a_tagger_reads_the_files_of_annotation_tools(
    cli, model, tmp_path: Path, value: dict[str, Any], text: str, kept: set[str], form: str
) -> None:
    values = [value, {"text": "Paris"}]
    written = {
        "lines": "\n\n".join(map(json.dumps, values)),
        "array": json.dumps(values),
        "indented": "\n" + json.dumps(values, indent=2),
    }[form]
    (tmp_path / "in.json").write_text(written)
    result = cli("predict", model, "--input", tmp_path / "in.json")
    assert (result.exit_code, result.stderr) == (0, "")
    first, second = map(json.loads, result.stdout.splitlines())
    assert (first["text"], second["text"]) == (text, "Paris")
    assert first.keys() == kept | {"text", "entities"}


def test_a_classifier_reads_tasks_of_label_studio(texts_of, trained, attending) -> None:
    assert texts_of(attending.path, "in.json", json.dumps([TASK])) == ["Ada flew"]
    assert texts_of(trained(attending.path, text_column="review"), "in.json", json.dumps([TASK])) == ["Ada"]


def test_an_array_with_a_syntax_error_stops(complaint, cli, model, tmp_path: Path, caplog) -> None:
    (tmp_path / "in.json").write_text('[{"text": "Ada"},\n{"txt": "flew"},\n{"text": "Paris"')
    for options in ([], ["--on-error", "skip"]):
        line = complaint(
            "predict", model, "--input", tmp_path / "in.json", "--output", tmp_path / "o", *options
        )
        assert "in.json:" in line
    assert "in.json:3: invalid JSON: Expecting ',' delimiter, at column 17" in line
    (tmp_path / "in.json").write_text('[{"text": "Ada"},\n{"txt": "flew"},\n{"text": "Paris"}]')
    result = cli("predict", model, "--input", tmp_path / "in.json", "--on-error", "skip")
    assert [json.loads(line)["text"] for line in result.stdout.splitlines()] == ["Ada", "Paris"]
    assert 'in.json:2: expected an object with "text"' in caplog.text


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        ("Ada B-PER\nflew O\n\nParis B-LOC\n", ["Ada flew", "Paris"]),
        ("flew\tO\n", ["flew"]),
        ("Ada flew to Paris .\n", ["Ada flew to Paris ."]),
        ("Ada Berg\nKim Lee\n", ["Ada Berg", "Kim Lee"]),
        ("He flew a B-52\n", ["He flew a B-52"]),
        ("Ada B-PER\nflew O O\n", ["Ada B-PER", "flew O O"]),
        ("", []),
    ],
)
def test_columns_with_tags_of_the_model_are_recognized_in_text_files(texts_of, model, content, texts) -> None:
    assert texts_of(model, "in.txt", content) == texts


def test_recognized_columns_can_be_read_as_text(texts_of, model) -> None:
    assert texts_of(model, "in.txt", "Ada B-PER\n", "--input-format", "text") == ["Ada B-PER"]


def test_a_folder_is_predicted_file_by_file(cli, attending, tmp_path: Path, caplog) -> None:
    for name, text in (("good/2.txt", "fine\nfilm"), ("bad/1.txt", "flat"), ("bad/2.txt", "\xe9")):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(text, "latin-1")
    result = cli("predict", attending.path, "--input", tmp_path / "in", "--on-error", "skip")
    found = [(each["file"], each["text"]) for each in map(json.loads, result.stdout.splitlines())]
    assert found == [("bad/1.txt", "flat"), ("good/2.txt", "fine\nfilm")]
    assert "bad/2.txt:1: not UTF-8" in caplog.text


def test_a_format_of_files_is_not_read_from_standard_input(complaint, attending) -> None:
    line = complaint("predict", attending.path, "--input-format", "folder", stdin=b"fine\n")
    assert "--input PATH" in line


def test_the_language_of_columns_is_found_in_the_first_sentences(texts_of, model) -> None:
    columns = "Ada O\n\nen:flew O\nen:to O\n\n"
    assert texts_of(model, "in.conll", columns) == ["Ada", "en:flew en:to"]
    assert texts_of(model, "in.conll", "en:Ada O\n\n" * 25 + "Paris O\n") == ["Ada"] * 25 + ["Paris"]
    assert texts_of(model, "in.conll", "en:Ada O\n") == ["en:Ada"]


@pytest.mark.parametrize(
    ("stored", "options", "content", "texts"),
    [
        ({}, ["--text-column", "0"], "fine,7\nso,8\n", ["fine", "so"]),
        ({}, ["--text-column", "-1"], "text,label\n7,fine\n", ["label", "fine"]),
        ({"text_column": "0"}, [], "text,label\nfine,7\n", ["fine"]),
        ({"text_column": "0"}, [], "text\nfine\n", ["fine"]),
        ({"text_column": "0", "label_column": "1"}, [], "fine,7\nso,8\n", ["fine", "so"]),
        ({"text_column": "0", "label_column": "1"}, ["--text-column", "text"], "text\nfine\n", ["fine"]),
    ],
)
def test_a_number_of_the_column_means_a_table_without_header(
    texts_of, trained, attending, stored: dict[str, Any], options: list[str], content: str, texts: list[str]
) -> None:
    assert texts_of(trained(attending.path, **stored), "in.csv", content, *options) == texts


def test_an_output_does_not_replace_a_text_of_a_folder(complaint, cli, attending, tmp_path: Path) -> None:
    (tmp_path / "in" / "good").mkdir(parents=True)
    text = tmp_path / "in" / "good" / "1.txt"
    text.write_text("fine")
    for command in (("predict", attending.path, "--input"), ("evaluate", attending.path, "--data")):
        option = "--output" if command[0] == "predict" else "--errors"
        line = complaint(*command, tmp_path / "in", option, text)
        assert "1.txt is also an input" in line
    assert text.read_text() == "fine"


@pytest.mark.parametrize(
    ("content", "texts"), [("(so good)\n", ["(so good)"]), ("(good fine)\n(bad flat)\n", ["fine", "flat"])]
)
def test_trees_are_recognized_by_labels_of_the_model(texts_of, attending, content: str, texts) -> None:
    assert texts_of(attending.path, "in.txt", content) == texts
