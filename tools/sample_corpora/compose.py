"""Write the embedded sample corpora: `python -m tools.sample_corpora.compose --output DIR`."""

import argparse
from itertools import chain
from pathlib import Path

from tools.sample_corpora import ner, phrases, reviews, stories, trees, tunes


def write(directory: Path) -> None:
    """Compose the corpora and write their files.

    Args:
        directory: The directory of the files; it is created if it does not exist.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in chain.from_iterable(
        sample.compose_files() for sample in (ner, reviews, phrases, trees, stories, tunes)
    ):
        path = directory / name
        partial = path.with_suffix(".partial")
        partial.write_text(content, encoding="utf-8", newline="\n")
        partial.replace(path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m tools.sample_corpora.compose", description="Compose the embedded sample corpora."
    )
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="directory of the files")
    write(parser.parse_args().output)
