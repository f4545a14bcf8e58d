"""A binary Tree-LSTM, hand-written in PyTorch: level by level, and node by node."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.untrained_trees import CLIP, DROPOUT, LEARNING_RATE, UntrainedTrees, synthetic_tree
from seqnlp.records import ParseTree
from seqnlp.trees.binary import NO_LABEL, BinaryTree, binarize

State = tuple[Tensor, Tensor]
"""Hidden states and cell states, [rows, units]."""
Levels = tuple[list[tuple[Tensor, Tensor]], Tensor]
"""The children of the nodes of each height, and the row of each node in the result."""


class Network(nn.Module, ABC):
    """The network of `seqnlp.tasks.tree_classification` with Tree-LSTM cells.

    Args:
        words: Number of word ids.
        labels: Number of labels.
        units: Hidden units, and the size of embeddings.
    """

    def __init__(self, words: int, labels: int, units: int) -> None:
        super().__init__()
        self.words = nn.Embedding(words, units)
        self.leaf = nn.Linear(units, 3 * units)
        self.branches = nn.Linear(2 * units, 5 * units)
        self.classes = nn.Linear(units, labels)
        self.dropout = nn.Dropout(DROPOUT)
        nn.init.uniform_(self.words.weight, -0.1, 0.1)

    @abstractmethod
    def plan(self, trees: Sequence[BinaryTree]) -> Any:
        """Return the order in which the nodes of a batch of trees are computed."""

    @abstractmethod
    def forward(self, plan: Any, words: Tensor) -> Tensor:
        """Return the logits of all nodes, [nodes, labels], tree by tree.

        Args:
            plan: The result of `plan`.
            words: The ids of the words of all trees, [words].
        """

    def leaves(self, words: Tensor) -> State:
        """Return the states of words."""
        i, o, u = self.leaf(self.dropout(self.words(words))).chunk(3, dim=-1)
        memory = i.sigmoid() * u.tanh()
        return o.sigmoid() * memory.tanh(), memory

    def compose(self, left: State, right: State) -> State:
        """Return the states of nodes, given the states of their children."""
        i, f, g, o, u = self.branches(torch.cat([left[0], right[0]], dim=-1)).chunk(5, dim=-1)
        memory = i.sigmoid() * u.tanh() + f.sigmoid() * left[1] + g.sigmoid() * right[1]
        return o.sigmoid() * memory.tanh(), memory

    def scores(self, hidden: Tensor) -> Tensor:
        """Return the logits of nodes."""
        logits: Tensor = self.classes(self.dropout(hidden))
        return logits

    def load_weights(self, untrained: UntrainedTrees) -> None:
        """Load the weights of a seqnlp network."""
        weights = untrained.weights
        values = {
            "words.weight": weights["table"],
            "leaf.weight": weights["composition/leaf/kernel"].T,
            "leaf.bias": weights["composition/leaf/bias"],
            "branches.weight": weights["composition/kernel"].T,
            "branches.bias": weights["composition/bias"],
            "classes.weight": weights["classes/kernel"].T,
            "classes.bias": weights["classes/bias"],
        }
        self.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in values.items()})


class NodeByNode(Network):
    """Compute one node at a time."""

    def plan(self, trees: Sequence[BinaryTree]) -> Sequence[BinaryTree]:
        """Return the trees themselves."""
        return trees

    def forward(self, plan: Sequence[BinaryTree], words: Tensor) -> Tensor:
        """Return the logits of all nodes."""
        first, hidden = 0, []
        for tree in plan:
            ids = words[first : first + len(tree.words)].split(1)
            states = [self.leaves(word) for word in ids]
            for left, right in zip(tree.left, tree.right, strict=True):
                states.append(self.compose(states[left], states[right]))
            hidden += [state[0] for state in states]
            first += len(tree.words)
        return self.scores(torch.cat(hidden))


class LevelByLevel(Network):
    """Compute all nodes of the same height in all trees at once."""

    def plan(self, trees: Sequence[BinaryTree]) -> Levels:
        """Return the children of the nodes of each height, and the row of each node in the result."""
        return plan_levels(trees)

    def forward(self, plan: Levels, words: Tensor) -> Tensor:
        """Return the logits of all nodes."""
        levels, places = plan
        hidden, memory = self.leaves(words)
        for left, right in levels:
            states, cells = self.compose((hidden[left], memory[left]), (hidden[right], memory[right]))
            hidden, memory = torch.cat([hidden, states]), torch.cat([memory, cells])
        return self.scores(hidden[places])


def plan_levels(trees: Sequence[BinaryTree]) -> Levels:
    """Plan trees level by level: words first, then nodes by height."""
    by_height: list[list[tuple[int, int, int]]] = []
    nodes = 0
    for tree in trees:
        heights = [0] * len(tree.words)
        for number, (left, right) in enumerate(zip(tree.left, tree.right, strict=True), len(tree.words)):
            height = max(heights[left], heights[right])
            heights.append(height + 1)
            if height == len(by_height):
                by_height.append([])
            by_height[height].append((nodes + number, nodes + left, nodes + right))
        nodes += len(heights)
    place = np.zeros(nodes, np.int64)
    made = first = 0
    for tree in trees:
        place[first : first + len(tree.words)] = np.arange(made, made + len(tree.words))
        made, first = made + len(tree.words), first + 2 * len(tree.words) - 1
    levels = []
    for level in by_height:
        numbers, left, right = np.array(level).T
        place[numbers] = np.arange(made, made + len(numbers))
        levels.append((torch.from_numpy(place[left]), torch.from_numpy(place[right])))
        made += len(numbers)
    return levels, torch.from_numpy(place)


NETWORKS: dict[str, type[Network]] = {"node by node": NodeByNode, "level by level": LevelByLevel}


def build_network_like(untrained: UntrainedTrees, way: str) -> Network:
    """Return a new network with the same sizes as the network of seqnlp."""
    codec = untrained.codec
    return NETWORKS[way](len(codec.words), len(codec.labels), untrained.units)


class Prediction:
    """Predict the labels of all nodes of trees with the weights of the exported model.

    Args:
        untrained: The model.
        way: A key of `NETWORKS`.
        threads: Number of threads.
    """

    def __init__(self, untrained: UntrainedTrees, way: str, threads: int) -> None:
        torch.set_num_threads(threads)
        self.codec, self.trees = untrained.codec, untrained.test
        self.network = build_network_like(untrained, way).eval()
        self.network.load_weights(untrained)

    def labels(self, size: int) -> list[str]:
        """Return the labels of all nodes of all trees, in the order of their opening brackets."""
        order = sorted(range(len(self.trees)), key=lambda number: len(self.trees[number].words))
        found: list[list[str]] = [[]] * len(self.trees)
        for first in range(0, len(order), size):
            group = order[first : first + size]
            for number, labels in zip(group, self._label([self.trees[n] for n in group]), strict=True):
                found[number] = labels
        return [label for labels in found for label in labels]

    def run(self, size: int) -> int:
        """Label all trees, and return their number."""
        self.labels(size)
        return len(self.trees)

    def one_by_one(self, count: int) -> int:
        """Label the first trees one at a time, and return their number."""
        trees = self.trees[:count]
        for tree in trees:
            self._label([tree])
        return len(trees)

    def run_synthetic(self, shape: str, words: int, trees: int) -> int:
        """Label trees of one shape in one batch, and return their number of words."""
        self._label([synthetic_tree(shape, words)] * trees)
        return words * trees

    @torch.inference_mode()
    def _label(self, trees: Sequence[ParseTree]) -> list[list[str]]:
        binary = [binarize(tree) for tree in trees]
        words = torch.from_numpy(self.codec.encode_trees(binary).words).long()
        chosen = self.network(self.network.plan(binary), words).argmax(dim=1).tolist()
        entries, found, first = self.codec.labels.entries, [], 0
        for tree in binary:
            found.append([entries[chosen[first + node]] for node in tree.preorder()])
            first += len(tree.chains)
        return found


class Training:
    """Complete training steps with fused Adam.

    Args:
        untrained: The model.
        way: A key of `NETWORKS`.
        steps: Number of batches.
        threads: Number of threads.
    """

    def __init__(self, untrained: UntrainedTrees, way: str, steps: int, threads: int) -> None:
        torch.set_num_threads(threads)
        self.network = build_network_like(untrained, way).train()
        encoded = untrained.encoded
        plan = untrained.batches.plan(0)[:steps]
        self.trees = sum(len(batch.rows) for batch in plan)
        self.batches = []
        for batch in plan:
            forest = encoded.forest
            words = np.concatenate([encoded.words[slice(*forest.word_starts[n : n + 2])] for n in batch.rows])
            nodes = (slice(*forest.node_starts[n : n + 2]) for n in batch.rows)
            labels = np.concatenate([encoded.labels[each] for each in nodes])
            ready = self.network.plan([untrained.train[number] for number in batch.rows])
            self.batches.append((ready, torch.from_numpy(words).long(), torch.from_numpy(labels).long()))
        self.optimizer = torch.optim.Adam(self.network.parameters(), LEARNING_RATE, fused=True)

    def run(self) -> int:
        """Train on all prepared batches, and return their number of trees."""
        for plan, words, labels in self.batches:
            self.optimizer.zero_grad()
            loss = functional.cross_entropy(self.network(plan, words), labels, ignore_index=NO_LABEL)
            loss.backward()
            nn.utils.clip_grad_norm_(self.network.parameters(), CLIP)
            self.optimizer.step()
        return self.trees
