"""Scores of a network that adapts to the documents that it reads."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from seqnlp.corpora.formats.documents import join_passages
from seqnlp.data.language_codec import END
from seqnlp.errors import ConfigError
from seqnlp.records import Passage
from seqnlp.tasks.corpus import prepare
from seqnlp.tasks.language_modelling.model import LanguageModel
from seqnlp.tasks.language_modelling.streams import EncodedDocuments
from seqnlp.training.backend import load_tensorflow
from seqnlp.training.run_directory import RunDirectory

if TYPE_CHECKING:
    from seqnlp.tasks.task import AnyTask


def adapted_nats(task: "AnyTask", model: LanguageModel, passages: Iterable[Passage], method: str) -> float:
    """Return the total negative log probability of documents.

    Args:
        task: The task of language models.
        model: The model, which must be the one of a run directory.
        passages: The passages of the documents. The network adapts to each document, and goes on with the
            next one.
        method: `dynamic` or `cache`.

    Raises:
        ConfigError: The model is not in the directory of a finished run, the network reads backward, or the
            training data have changed.
    """
    run = RunDirectory(model.file.path.parent)
    if model.file.path != run.model or not (run.finished and run.network.exists()):
        raise ConfigError(
            f"{model.file.path}: adaptation needs the network, which only the directory of a finished run has"
        )
    if "forward" not in model.codec.directions:
        raise ConfigError(f"{run.path}: the network reads backward, and only one that reads forward adapts")
    load_tensorflow()
    from seqnlp.tasks.language_modelling.dynamic_evaluation import DynamicEvaluation
    from seqnlp.tasks.language_modelling.network import LanguageNetwork
    from seqnlp.tasks.language_modelling.neural_cache import NeuralCache
    from seqnlp.training.networks import load_network

    network = load_network(run.network, LanguageNetwork)
    documents = join_passages(passages)
    rows = ([END, *model.codec.encode(document.text), END] for document in documents)
    if method == "cache":
        return -sum(NeuralCache(network).score(rows))
    prepared = prepare(task, task.settings().load_complete(run.config))
    codec = replace(prepared.codec, direction=model.codec.direction)
    if codec.to_spec() != model.codec.to_spec():
        raise ConfigError(f"{run.path}: the training data have changed since the run")
    train = prepared.train
    assert isinstance(train, EncodedDocuments)
    return -sum(DynamicEvaluation(network, train.ids).score(rows))
