"""`seqnlp predict`."""

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqnlp.cli.pipeline import overlapped
from seqnlp.corpora import read_conll
from seqnlp.tasks.tagging.model import Tagger
from seqnlp.tasks.tagging.prediction import TaggedText
from seqnlp.text.vocabulary import Vocabulary

SENTENCES = ["Ada Lovelace wrote to Charles Babbage .", "", "London is not Paris"]
WORDS = [sentence.split() for sentence in SENTENCES]

SOURCES = {
    "text": "\n".join(SENTENCES) + "\n",
    "tokens": "\n".join(SENTENCES) + "\n",
    "conll": "\n\n".join("\n".join(words) for words in WORDS if words) + "\n",
    "jsonl": "".join(json.dumps({"text": sentence}) + "\n\n" for sentence in SENTENCES),
}


@pytest.fixture(scope="module")
def tagger(model: Path) -> Tagger:
    return Tagger.load(model)


@pytest.fixture(scope="module")
def predictions(tagger: Tagger) -> list[TaggedText]:
    found = tagger.predict(SENTENCES)
    assert all(prediction.entities for prediction in found if prediction.text)
    return found


def columns(predictions: Sequence[TaggedText], separator: str) -> str:
    sentences = (
        "".join(f"{token.text}{separator}{tag}\n" for token, tag in zip(each.tokens, each.tags, strict=True))
        for each in predictions
    )
    return "".join(f"{sentence}\n" for sentence in sentences)


def bracketed(prediction: TaggedText) -> str:
    text = prediction.text
    for entity in reversed(prediction.entities):
        text = f"{text[: entity.start]}[{entity.text} {entity.label}]{text[entity.end :]}"
    return text


@pytest.mark.parametrize("output_format", ["jsonl", "conll", "text"])
@pytest.mark.parametrize("input_format", ["text", "tokens", "conll", "jsonl"])
def test_every_input_format_is_written_in_every_output_format(
    cli, model, predictions, input_format, output_format
) -> None:
    result = cli(
        *("predict", model, "--input-format", input_format, "--output-format", output_format),
        stdin=SOURCES[input_format].encode(),
    )
    assert (result.exit_code, result.stderr) == (0, "")
    expected = [each for each in predictions if each.text or input_format != "conll"]
    if output_format == "jsonl":
        found = [json.loads(line) for line in result.stdout.splitlines()]
        assert [list(line) for line in found] == [["text", "entities"]] * len(expected)
        assert_near(found, [prediction.to_dict() for prediction in expected])
    elif output_format == "conll":
        assert result.stdout == columns(expected, " " if input_format == "conll" else "\t")
    else:
        assert result.stdout.splitlines() == [bracketed(prediction) for prediction in expected]


def test_a_blank_line_separates_the_sentences_of_a_text(cli, model, tagger) -> None:
    text = "Ada Lovelace lived in London. She wrote to Charles Babbage."
    (prediction,) = tagger.predict([text])
    expected = [
        "".join(f"{word}\t{tag}\n" for word, tag in zip(sentence.split(), tags, strict=True))
        for sentence, tags in (
            ("Ada Lovelace lived in London .", prediction.tags[:6]),
            ("She wrote to Charles Babbage .", prediction.tags[6:]),
        )
    ]
    result = cli("predict", model, "--output-format", "conll", text)
    assert result.stdout == "\n".join(expected) + "\n"


def assert_near(found: Any, expected: Any) -> None:
    """Check that values are equal, except that scores may differ by the rounding of their last digit."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for key, value in expected.items():
            assert_near(found[key], value)
    elif isinstance(expected, list):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert_near(one, other)
    else:
        assert found == (pytest.approx(expected, abs=2e-4) if isinstance(expected, float) else expected)


def test_texts_on_the_command_line(cli, model, predictions) -> None:
    result = cli("predict", model, *SENTENCES)
    assert_near([json.loads(line) for line in result.stdout.splitlines()], [p.to_dict() for p in predictions])
    arguments = ("predict", model, "New York's", "--input-format", "tokens", "--tokens")
    (line,) = cli(*arguments).stdout.splitlines()
    assert [token["text"] for token in json.loads(line)["tokens"]] == ["New", "York's"]


def test_a_no_break_space_is_part_of_a_token(cli, model) -> None:
    arguments = ("predict", model, "New\u00a0York \t is", "--input-format", "tokens", "--tokens")
    (line,) = cli(*arguments).stdout.splitlines()
    assert [token["text"] for token in json.loads(line)["tokens"]] == ["New\u00a0York", "is"]


@pytest.mark.parametrize("packed", [False, True])
def test_files(cli, model, predictions, tmp_path: Path, packed: bool) -> None:
    source, output = tmp_path / "texts", tmp_path / "predictions"
    content = "\ufeff" + SOURCES["text"].replace("\n", "\r\n")
    source.write_bytes(gzip.compress(content.encode()) if packed else content.encode())
    result = cli("predict", model.parent, "--input", source, "--output", output, "--batch-size", 1)
    assert (result.exit_code, result.output) == (0, "")
    found = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    assert_near(found, [prediction.to_dict() for prediction in predictions])
    assert sorted(tmp_path.iterdir()) == [output, source]


JSON_LINES = [
    {"id": 7, "text": "Ada Lovelace", "meta": {"Łódź": [1.5, None]}},
    {"tokens": ["New York", "👍🏽"], "id": "b"},
    {"text": "Paris", "tokens": "replaced", "entities": [], "score": 1},
]


@pytest.mark.parametrize("tokens", [False, True])
def test_fields_of_a_json_line_come_back(cli, model, tagger, tokens: bool) -> None:
    stdin = "".join(json.dumps(line) + "\n" for line in JSON_LINES).encode()
    option = ["--tokens"] if tokens else []
    result = cli("predict", model, "--input-format", "jsonl", *option, stdin=stdin)
    predictions = tagger.predict(["Ada Lovelace", ["New York", "👍🏽"], "Paris"])
    fields: list[dict[str, Any]] = [
        {"id": 7, "meta": {"Łódź": [1.5, None]}},
        {"tokens": ["New York", "👍🏽"], "id": "b"},
        {"tokens": "replaced", "score": 1, "input": {"entities": []}},
    ]
    if tokens:
        fields[1] = {"id": "b", "input": {"tokens": ["New York", "👍🏽"]}}
        fields[2] = {"score": 1, "input": {"tokens": "replaced", "entities": []}}
    found = [json.loads(line) for line in result.stdout.splitlines()]
    values = [prediction.to_dict(tokens=tokens) for prediction in predictions]
    assert_near(found, [{**own, **value} for own, value in zip(fields, values, strict=True)])
    assert [line["text"] for line in found] == ["Ada Lovelace", "New York 👍🏽", "Paris"]
    for line in result.stdout.splitlines():
        keys = [key for key, _ in json.loads(line, object_pairs_hook=list)]
        assert len(set(keys)) == len(keys)


def test_tokens_are_written_on_request(cli, model, predictions) -> None:
    lines = cli("predict", model, "--tokens", *SENTENCES).stdout.splitlines()
    assert [list(json.loads(line)) for line in lines] == [["text", "entities", "tokens"]] * len(SENTENCES)
    expected = [prediction.to_dict(tokens=True) for prediction in predictions]
    assert_near([json.loads(line) for line in lines], expected)


def test_plain_tags_are_written_with_their_tokens(cli, make_tagger) -> None:
    path = make_tagger(labels=Vocabulary(["NNP", "VBD"], closed=True), scheme="plain")
    (line,) = cli("predict", path, "Ada lives").stdout.splitlines()
    found = json.loads(line)
    assert (list(found), found["entities"]) == (["text", "entities", "tokens"], [])
    tags = Tagger.load(path)("Ada lives").tags
    assert [(each["text"], each["label"]) for each in found["tokens"]] == [
        *zip(["Ada", "lives"], tags, strict=True)
    ]


def test_columns_are_kept_and_one_is_added(cli, model, tagger, tmp_path: Path) -> None:
    content = (
        "-DOCSTART- -X- O\n\n# id 7\tdomain=en\nAda NNP  B-PER\nLovelace NNP O\n\n\n"
        "New\u00a0York\tNNP\t_\n-DOCSTART- -X- O\n \nParis\tNNP\tO\n"
    )
    arguments = ("predict", model, "--input-format", "conll", "--output-format", "conll")
    output = tmp_path / "tagged.conll"
    assert cli(*arguments, "--output", output, stdin=content.encode()).exit_code == 0
    sentences = [["Ada", "Lovelace"], ["New\u00a0York"], ["Paris"]]
    ada, lovelace, york, paris = (tag for tags, _ in tagger.tag(sentences) for tag in tags)
    assert output.read_text("utf-8") == (
        f"-DOCSTART- -X- O O\n\n# id 7\tdomain=en\nAda NNP  B-PER {ada}\nLovelace NNP O {lovelace}\n\n"
        f"New\u00a0York\tNNP\t_\t{york}\n\n-DOCSTART- -X- O O\n\nParis\tNNP\tO\t{paris}\n\n"
    )
    again = list(read_conll(output))
    assert [list(sentence.words) for sentence in again] == sentences
    assert [sentence.starts_document for sentence in again] == [True, False, True]


def test_every_line_gets_a_prediction_even_without_text(cli, model) -> None:
    found = cli("predict", model, stdin=b"\n \n\nAda\n").stdout.splitlines()
    assert [json.loads(line)["text"] for line in found] == ["", " ", "", "Ada"]
    assert cli("predict", model, stdin=b"").stdout == ""


def test_lone_surrogates_are_escaped(cli, model) -> None:
    result = cli("predict", model, "Ada \udcff")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "error: the command line:1: not UTF-8: byte 0xFF after 'Ada '\n"
    stdin = b'{"text": "a \\ud800 b", "id": "\\udfff"}'
    (line,) = cli("predict", model, "--input-format", "jsonl", stdin=stdin).stdout.splitlines()
    assert (json.loads(line)["text"], json.loads(line)["id"]) == ("a \ud800 b", "\udfff")


@given(lines=st.lists(st.binary(max_size=40), max_size=4), name=st.sampled_from(list(SOURCES)))
def test_any_bytes_give_predictions_or_one_line_with_the_error(model_cli, lines, name) -> None:
    result = model_cli("--tokens", "--input-format", name, stdin=b"\n".join(lines))
    if result.exit_code == 0:
        for line in result.stdout.splitlines():
            value = json.loads(line)
            for part in (*value["tokens"], *value["entities"]):
                assert value["text"][part["start"] : part["end"]] == part["text"]
    else:
        assert result.exit_code == 2
        assert re.fullmatch(r"error: standard input:\d+: [^\n]+\n", result.stderr)


@pytest.fixture(scope="module")
def model_cli(model: Path):
    from typer.testing import CliRunner

    from seqnlp.cli.main import app

    return lambda *arguments, stdin: CliRunner().invoke(app, ["predict", str(model), *arguments], input=stdin)


@pytest.mark.parametrize(
    ("input_format", "content", "message"),
    [
        ("text", b"fine\nnot \xff\n", ":2: not UTF-8"),
        ("conll", b"fine O\n\nnot\xff O\n", ":3: not UTF-8"),
        ("jsonl", b'{"text": "fine"}\n{"text": \n', ":2: invalid JSON: Expecting value, at column"),
        ("jsonl", b'{"text": "fine"}\n\n["text"]\n', ":3: not a JSON object"),
        ("jsonl", b'{"id": 1}\n', ':1: expected an object with "text" or "tokens" or "words"'),
        ("jsonl", b'{"text": "Ada", "y": 1e400}\n', ":1: invalid JSON: the number 1e400 is too large"),
        ("jsonl", b'{"text": "Ada", "y": NaN}\n', ":1: invalid JSON: NaN is not a number of JSON"),
        ("jsonl", b'{"text": 1}\n', ':1: "text" is not a string'),
        ("jsonl", b'{"tokens": "Ada"}\n', ':1: "tokens" is not a list of words'),
        ("jsonl", b'{"tokens": ["Ada", ""]}\n', ':1: "tokens" is not a list of words'),
        ("jsonl", b"[" * 100_000 + b"\n", ":1: the JSON is nested too deeply"),
        ("jsonl", b'{"text": "Ada", "id": ' + b"1" * 5000 + b"}", ":1: invalid JSON: Exceeds the limit"),
        ("text", gzip.compress(b"fine\n" * 100, mtime=0)[:-9], "gzip data are damaged or truncated"),
    ],
)
def test_an_error_names_the_input_and_the_line_and_lines_before_it_are_answered(
    cli, complaint, model, tmp_path: Path, input_format: str, content: bytes, message: str
) -> None:
    source, output = tmp_path / "source", tmp_path / "output"
    source.write_bytes(content)
    arguments = ("predict", model, "--input-format", input_format)
    line = complaint(*arguments, "--input", source, "--output", output)
    assert line.startswith(str(source))
    assert message in line
    assert list(tmp_path.iterdir()) == [source]
    if not content.startswith(b"\x1f"):
        result = cli(*arguments, stdin=content)
        assert result.stderr == f"error: {line}\n".replace(str(source), "standard input")
        assert [json.loads(each)["text"] for each in result.stdout.splitlines()] == (
            ["fine"] if ":1:" not in message else []
        )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--input", "none"], "none: No such file or directory"),
        (["--input", "."], ".: Is a directory"),
        (["Ada", "--input", "none"], "not from both"),
        (["Ada", "--output", "."], ".: Is a directory"),
        (["Ada", "--output", "none/file"], "none/file: No such file or directory"),
        (
            ["Ada", "--input-format", "xml"],
            "a tagger reads text or tokens or conll or conllu or jsonl, not xml",
        ),
        (["Ada", "--batch-size", "0"], "--batch-size"),
        (["Ada", "--threads", "many"], "Invalid value for '--threads'"),
        (["Ada", "--device", "tpu"], "'tpu' is not one of 'cpu', 'cuda'"),
        (["Ada", "--colour"], "No such option: --colour"),
    ],
)
def test_wrong_options_are_errors_and_write_nothing(
    complaint, model, tmp_path: Path, monkeypatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert message in complaint("predict", model, *arguments)
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_cannot_be_loaded_is_an_error(complaint, make_tagger, tmp_path: Path) -> None:
    output = tmp_path / "output"
    assert complaint("predict", tmp_path / "none", "Ada", "--output", output).endswith("no such file")
    damaged = make_tagger({"seqnlp.spec": "{}"})
    assert str(damaged) in complaint("predict", damaged, "Ada", "--output", output)
    assert not output.exists()


def test_an_existing_file_is_kept_if_the_input_is_invalid(complaint, model, tmp_path: Path) -> None:
    output = tmp_path / "output"
    output.write_text("existing")
    stdin = b"Ada lives in London .\n" * 6_000 + b"\xff\n"
    assert complaint("predict", model, "--output", output, stdin=stdin).startswith("standard input:6001: ")
    assert output.read_text() == "existing"
    assert list(tmp_path.iterdir()) == [output]


def test_output_can_be_a_pipe_or_a_link(cli, model, tmp_path: Path) -> None:
    pipe, link, target = tmp_path / "pipe", tmp_path / "link", tmp_path / "target"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    assert cli("predict", model, "Ada", "--output", pipe).exit_code == 0
    reader.join()
    assert json.loads(read[0])["text"] == "Ada"
    assert pipe.is_fifo()
    target.write_text("existing")
    link.symlink_to(target)
    assert cli("predict", model, "Ada", "--output", link).exit_code == 0
    assert link.is_symlink()
    assert json.loads(target.read_text())["text"] == "Ada"


def test_every_word_is_written_with_its_plain_tag(cli, make_tagger) -> None:
    labels = Vocabulary(["NNP", "VBD"], closed=True)
    path = make_tagger(labels=labels, scheme="plain", without=["seqnlp.facts"])
    result = cli("predict", path, "Ada lives.", "--output-format", "text")
    ada, lives, stop = Tagger.load(path)("Ada lives.").tags
    assert result.stdout == f"[Ada {ada}] [lives {lives}][. {stop}]\n"


def test_a_terminal_shows_coloured_text(model) -> None:
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "seqnlp.cli.main", "predict", str(model), "Ada Lovelace wrote"]
    plain = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    subprocess.run(command, stdout=theirs, check=True, env=plain)
    os.close(theirs)
    shown = os.read(ours, 1000).decode()
    os.close(ours)
    assert "\x1b[" in shown
    (prediction,) = Tagger.load(model).predict(["Ada Lovelace wrote"])
    assert re.sub("\x1b\\[[0-9;]*m", "", shown).strip() == bracketed(prediction).replace("[", "").replace(
        "]", ""
    )


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_without_colours_shows_brackets(model, variables: dict[str, str]) -> None:
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "seqnlp", "predict", str(model), "Ada Lovelace wrote"]
    subprocess.run(command, stdout=theirs, check=True, env={**os.environ, **variables})
    os.close(theirs)
    shown = os.read(ours, 1000).decode()
    os.close(ours)
    (prediction,) = Tagger.load(model).predict(["Ada Lovelace wrote"])
    assert shown.strip() == bracketed(prediction)


def test_an_error_in_a_process_is_one_line_and_exit_code_2(process, model) -> None:
    result = process("predict", model, "Ada", "--input", "none")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "error: texts come from the command line or from --input, not from both\n"


@pytest.mark.parametrize("output", [[], ["--output", "/dev/full"]], ids=["stdout", "file"])
@pytest.mark.parametrize("size", [1, 6_000])
def test_a_full_disk_is_one_line_and_exit_code_2(process, model, output: list[str], size: int) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    with Path("/dev/full").open("w") as full:
        result = process("predict", model, *output, input="Ada lives\n" * size, stdout=full)
    place = "/dev/full: " if output else ""
    assert (result.returncode, result.stderr) == (2, f"error: {place}No space left on device\n")
    assert Path("/dev/full").is_char_device()


def test_a_reader_may_close_the_pipe_early(model, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_text("Ada lives in London .\n" * 12_000)
    command = f"{sys.executable} -m seqnlp.cli.main predict {model} --input {source} | head -1"
    result = subprocess.run(
        ["bash", "-c", command + "; exit ${PIPESTATUS[0]}"], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert json.loads(result.stdout)["text"] == "Ada lives in London ."


def test_an_interrupt_is_one_line_and_leaves_no_file(model, tmp_path: Path) -> None:
    output = tmp_path / "output"
    command = [sys.executable, "-m", "seqnlp.cli.main", "predict", str(model), "--output", str(output)]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # Background jobs of a shell ignore interrupts, and so do their children, such as this test.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdin
    process.stdin.write(b"Ada lives in London .\n" * 8_000)  # more than a pipe holds: it has started
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (130, b"interrupted\n")
    assert list(tmp_path.iterdir()) == []


HEAVY = ("tensorflow", "tensorflow_text", "keras", "nltk", "onnx", "tf2onnx", "matplotlib", "tomlkit")
NEEDLESS = (
    *("gzip", "html", "decimal", "seqnlp.corpora.checks", "seqnlp.corpora.formats.lines"),
    *("seqnlp.corpora.formats.conll", "seqnlp.corpora.formats.json_objects", "seqnlp.corpora.formats.rows"),
    *("seqnlp.corpora.inputs.word_lines", "seqnlp.corpora.outputs.table_output"),
    *("seqnlp.text.tokenizers.subwords", "seqnlp.data.encoded"),
)
"""Modules that a prediction of texts on the command line does not use."""


def test_prediction_imports_no_training_library_and_no_reader(model) -> None:
    script = (
        "import atexit, sys; from seqnlp.cli.main import main;"
        "atexit.register(lambda: print('\\n'.join(sys.modules), file=sys.stderr));"
        f"sys.argv[1:] = ['predict', {str(model)!r}, 'Ada lives']; main()"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    modules = set(result.stderr.split())
    assert json.loads(result.stdout)["text"] == "Ada lives"
    assert "onnxruntime" in modules
    assert modules & {*HEAVY, *NEEDLESS} == set()


def test_memory_does_not_grow_with_the_input(model) -> None:
    script = (
        "import atexit, resource, sys; from seqnlp.cli.main import main;"
        "usage = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        "atexit.register(lambda: print(usage(), file=sys.stderr));"
        f"sys.argv[1:] = ['predict', {str(model)!r}]; main()"
    )

    def peak(tokens: int) -> float:
        text = "".join(
            f"Ada Lovelace number {n} lives in London, not in Paris{n}.\n" for n in range(tokens // 11)
        )
        result = subprocess.run(
            [sys.executable, "-c", script], input=text, text=True, capture_output=True, check=True
        )
        assert result.stdout.count("\n") == tokens // 11
        return int(result.stderr) / 1024

    small, large = peak(20_000), peak(200_000)
    assert large - small < 20


def test_each_line_is_answered_before_the_next_one_arrives(model) -> None:
    command = [sys.executable, "-m", "seqnlp.cli.main", "predict", str(model)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        for text in ("Ada lives", "", "in London"):
            process.stdin.write(f"{text}\n".encode())
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["text"] == text
        process.stdin.close()
        assert process.stdout.read() == b""


def test_outputs_come_in_order_and_inputs_are_read_when_needed() -> None:
    inputs = iter(range(100))
    results = overlapped(lambda number: number * 2, inputs, lambda: False)
    assert next(results) == 0
    assert next(inputs) < 5
    assert list(results)[-1] == 198


def test_an_error_in_a_worker_is_raised() -> None:
    def fail(number: int) -> int:
        raise ValueError(f"no {number}")

    with pytest.raises(ValueError, match="no 0"):
        list(overlapped(fail, range(10), lambda: False))


def test_the_output_may_not_replace_an_input(complaint, model: Path, tmp_path: Path) -> None:
    texts = tmp_path / "texts.txt"
    texts.write_text("Ada lived.\n", encoding="utf-8")
    before = model.read_bytes()
    for output in (texts, model):
        assert "is also an input" in complaint("predict", model, "--input", texts, "--output", output)
    assert (texts.read_text(encoding="utf-8"), model.read_bytes()) == ("Ada lived.\n", before)
