from os import PathLike
from typing import Literal, TypedDict, Unpack, overload

from seqnlp.errors import ConfigError as ConfigError
from seqnlp.errors import CorpusError as CorpusError
from seqnlp.errors import DataError as DataError
from seqnlp.errors import ModelFileError as ModelFileError
from seqnlp.errors import SeqnlpError as SeqnlpError
from seqnlp.errors import TrainingError as TrainingError
from seqnlp.records import AnnotatedText as AnnotatedText
from seqnlp.records import Document as Document
from seqnlp.records import LabelledText as LabelledText
from seqnlp.records import ParseTree as ParseTree
from seqnlp.records import SentencePair as SentencePair
from seqnlp.records import Span as Span
from seqnlp.records import TaggedSentence as TaggedSentence
from seqnlp.serving.model import AnyModel
from seqnlp.settings import Settings
from seqnlp.tasks.classification.model import Classifier as Classifier
from seqnlp.tasks.corpus import Data
from seqnlp.tasks.evaluation import evaluate as evaluate
from seqnlp.tasks.export import export as export
from seqnlp.tasks.language_modelling.model import LanguageModel as LanguageModel
from seqnlp.tasks.loading import load as load
from seqnlp.tasks.parsing.model import Parser as Parser
from seqnlp.tasks.run import Run as Run
from seqnlp.tasks.tagging.model import Tagger as Tagger
from seqnlp.tasks.translation.model import Translator as Translator
from seqnlp.tasks.tree_classification.model import TreeClassifier as TreeClassifier
from seqnlp.types import JsonObject

__version__: str

class _TrainOptions(TypedDict, total=False):
    train: Data | None
    dev: Data | None
    test: Data | None
    prepared: str | PathLike[str] | None
    settings: JsonObject | str | PathLike[str] | Settings | None
    output: str | PathLike[str] | None
    epochs: int | None
    seed: int | None
    start_from: str | PathLike[str] | None
    resume: bool
    quiet: bool

@overload
def train(task: Literal["tagger"], **options: Unpack[_TrainOptions]) -> Run[Tagger]: ...
@overload
def train(task: Literal["classifier"], **options: Unpack[_TrainOptions]) -> Run[Classifier]: ...
@overload
def train(task: Literal["translator"], **options: Unpack[_TrainOptions]) -> Run[Translator]: ...
@overload
def train(task: Literal["parser"], **options: Unpack[_TrainOptions]) -> Run[Parser]: ...
@overload
def train(task: Literal["tree-classifier"], **options: Unpack[_TrainOptions]) -> Run[TreeClassifier]: ...
@overload
def train(task: Literal["language-model"], **options: Unpack[_TrainOptions]) -> Run[LanguageModel]: ...
@overload
def train(task: str, **options: Unpack[_TrainOptions]) -> Run[AnyModel]: ...
