"""What `seqnlp corpora` reports of pairs, as JSON values and as rows of a table."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from seqnlp.corpora import PAIRS, PairOptions, PairSummary, Problems
from seqnlp.corpora.checks.lengths import Lengths
from seqnlp.records import SentencePair

_SIDES = ("source", "target")


def check_pairs(path: Path, options: PairOptions) -> tuple[dict[str, Any], Problems]:
    """Read a whole file of pairs, or two.

    Args:
        path: The file; with a pair of endings, what the names of the two files begin with.
        options: How to read it.

    Returns:
        What it holds, as JSON values, and what is wrong: what cannot be read.

    Raises:
        DataError: Nothing in the file can be read.
        ConfigError: The format is unknown.
    """
    name = PAIRS.format_of(path, options)
    problems = Problems()
    report = {
        "file": str(path),
        "task": "translator",
        "format": name,
        **describe_pairs(PAIRS.read(path, options, problems)),
        "problems": problems.count,
        "first_problems": [str(error) for error in problems.first],
    }
    return report, problems


def describe_pairs(pairs: Iterable[SentencePair]) -> dict[str, Any]:
    """Count pairs, as JSON values.

    Args:
        pairs: The pairs; at least one.
    """
    summary = PairSummary()
    for pair in pairs:
        summary.add(pair)
    sides = {"source": summary.source, "target": summary.target}
    widest = summary.widest and {
        "ratio": round(summary.widest.ratio, 2),
        "source": summary.widest.source,
        "target": summary.widest.target,
        "line": summary.widest.origin and summary.widest.origin.line,
    }
    return {
        "pairs": summary.records,
        "repeated": summary.repeated,
        "empty": {name: side.empty for name, side in sides.items()},
        "characters": {name: side.characters for name, side in sides.items()},
        "lengths": {name: lengths_report(side.lengths) for name, side in sides.items()},
        "widest_ratio": widest,
    }


def lengths_report(lengths: Lengths) -> dict[str, float]:
    """Describe lengths, as JSON values."""
    return {
        "mean": round(lengths.size / lengths.total(), 1),
        "median": lengths.quantile(0.5),
        "p95": lengths.quantile(0.95),
        "longest": lengths.quantile(1),
    }


def add_pair_rows(table: Any, reports: Sequence[Mapping[str, Any]]) -> None:
    """Add what `describe_pairs` found as rows.

    Args:
        table: A table of `rich`, whose first column names what is counted.
        reports: What was found in each part, a column each.
    """
    table.add_row("pairs", *(f"{report['pairs']:,}" for report in reports))
    table.add_row("repeated pairs", *(f"{report['repeated']:,}" for report in reports))
    for side in _SIDES:
        for key, what in (("empty", f"empty {side}s"), ("characters", f"{side} characters")):
            table.add_row(what, *(f"{report[key][side]:,}" for report in reports))
        for key in ("mean", "median", "p95", "longest"):
            row = (f"{report['lengths'][side][key]:,}" for report in reports)
            table.add_row(f"{side} words, {key}", *row)
    table.add_row("widest ratio", *(_ratio(report["widest_ratio"]) for report in reports))


def _ratio(widest: Mapping[str, Any] | None) -> str:
    if widest is None:
        return "none"
    return f"{widest['ratio']:,} ({widest['source']}:{widest['target']}, line {widest['line']:,})"
