"""Reports as text, as HTML and as figures."""

import io

from rich.console import Console

from seqnlp.metrics.report import Report, Table

REPORT = Report(
    {"words": 1234},
    (
        Table(
            ("label", "count"), (("[red]a</b>", "1,200"), (":cat:", "4"), None, ("all", "1,234")), "Labels"
        ),
        "1,234 words <in> a [bold]file",
    ),
)


def test_figures_come_back() -> None:
    assert REPORT.to_dict() == {"words": 1234}


def test_text_has_a_title_aligned_numbers_and_a_line_between_sections() -> None:
    lines = str(REPORT).splitlines()
    assert lines[0].strip() == "Labels"
    assert [line.split() for line in lines if "─" not in line][1:-1] == [
        ["label", "count"],
        ["[red]a</b>", "1,200"],
        [":cat:", "4"],
        ["all", "1,234"],
    ]
    assert [place for place, line in enumerate(lines) if "─" in line] == [2, 5]
    assert lines[3].endswith("1,200")
    assert lines[4].endswith("    4")
    assert lines[-1] == "1,234 words <in> a [bold]file"


def test_text_has_no_colours_and_long_lines_are_not_broken(monkeypatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    text = str(Report({}, (Table(("a",), (("b",),)), "word " * 50)))
    assert "\x1b" not in text
    assert ("word " * 50).rstrip() in text


def test_a_console_shows_the_same_text() -> None:
    output = io.StringIO()
    REPORT.render(Console(file=output, width=100))
    assert [line.rstrip() for line in output.getvalue().splitlines()] == str(REPORT).splitlines()


def test_html_is_escaped_and_sections_are_table_bodies() -> None:
    assert REPORT._repr_html_() == (
        "<table><caption>Labels</caption><thead><tr><th>label</th><th>count</th></tr></thead>"
        "<tbody><tr><td>[red]a&lt;/b&gt;</td><td>1,200</td></tr><tr><td>:cat:</td><td>4</td></tr></tbody>"
        "<tbody><tr><td>all</td><td>1,234</td></tr></tbody></table>\n"
        "<p>1,234 words &lt;in&gt; a [bold]file</p>"
    )


def test_control_characters_are_escapes() -> None:
    odd = "\x1b[31m\u202e\n\t"
    report = Report({}, (Table((odd, "count"), ((odd, "1"), ("a", "2")), odd), odd))
    for shown in (str(report), report._repr_html_()):
        assert shown.count("\\x1b[31m\\u202e\\n\\t") == 4
        assert not {"\x1b", "\u202e", "\t"} & set(shown)
    assert len(str(report).splitlines()) == 6
