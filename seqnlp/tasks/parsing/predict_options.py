"""The options of a parser's predictions, and how they are written."""

from collections.abc import Mapping
from dataclasses import dataclass

from seqnlp.corpora import TreeOptions
from seqnlp.corpora.inputs.trees import tree_reader
from seqnlp.records import ParseTree
from seqnlp.serving.items import InputFormat, Item
from seqnlp.serving.marking import coloured
from seqnlp.serving.predict_options import Writer, output_option
from seqnlp.serving.prediction import to_line
from seqnlp.tasks.parsing.model import Parser
from seqnlp.tasks.parsing.prediction import Parse
from seqnlp.tasks.word_predict_options import WordPredictOptions
from seqnlp.trees.brackets import write_tree
from seqnlp.trees.branches import draw_branches
from seqnlp.trees.constituents import simplify_tree
from seqnlp.trees.outline import Entry


@dataclass(frozen=True, kw_only=True)
class ParserPredictOptions(WordPredictOptions[Parser]):
    """The options of a parser's predictions.

    Attributes:
        tokens: Whether lines of JSON include the tokens with their parts of speech.
    """

    tokens: bool = output_option(False, "JSON: include the tokens with their parts of speech")

    def check_drawing(self) -> None:
        """Allow drawings of trees."""

    def input_formats(self, form: TreeOptions) -> Mapping[str, InputFormat]:
        """Return the formats of words and texts, and of trees, whose words are parsed."""
        return {
            **super().input_formats(form),
            "trees": InputFormat(tree_reader(_find_words), (".mrg", ".ptb")),
        }

    def writers(self) -> Mapping[str, Writer]:
        """Return the writers of JSON lines and of trees in brackets, which are a treebank, too."""
        return {"jsonl": self._write_json, "text": write_trees, "trees": write_trees}

    def terminal_writer(self) -> Writer:
        """Return the writer that draws trees."""
        return write_drawn_trees

    def _write_json(self, item: Item, parse: Parse) -> str:
        return to_line(parse.to_dict(tokens=self.tokens), item.fields)


def _find_words(tree: ParseTree) -> tuple[str, ...]:
    """Return the words of a tree without traces."""
    simple = simplify_tree(tree)
    return simple.words if simple is not None else ()


def write_trees(item: Item, parse: Parse) -> str:
    """Write the tree of each sentence in brackets, one per line."""
    return "\n".join(map(write_tree, parse.trees))


def write_drawn_trees(item: Item, parse: Parse) -> str:
    """Write drawings of the trees for a terminal, with labels in colour."""
    return "\n".join(draw_branches(tree, _coloured_label) for tree in parse.trees)


def _coloured_label(entry: Entry) -> str:
    return coloured(entry.text, entry.text)
