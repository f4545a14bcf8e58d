"""A binary Tree-LSTM written by hand in PyTorch: level by level, and node by node as most are."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.untrained_trees import CLIP, DROPOUT, LEARNING_RATE, UntrainedTrees, made_up
from seqnlp.records import ParseTree
from seqnlp.trees.binary import NO_LABEL, BinaryTree, binarize

State = tuple[Tensor, Tensor]
"""Hidden states and memories, [rows, units]."""
Levels = tuple[list[tuple[Tensor, Tensor]], Tensor]
"""The branches of the nodes of each height, and where each node is when all are made."""


class Network(nn.Module, ABC):
    """The network of `seqnlp.trees`, with Tree-LSTMs.

    Args:
        words: How many word ids there are.
        labels: How many labels there are.
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
        """How a batch of trees is gone through."""

    @abstractmethod
    def forward(self, plan: Any, words: Tensor) -> Tensor:
        """Logits of all nodes, [nodes, labels]: tree after tree, each in the order of its numbers.

        Args:
            plan: As `plan` gives it.
            words: The ids of the words of all trees, [words].
        """

    def leaves(self, words: Tensor) -> State:
        """The states of words."""
        i, o, u = self.leaf(self.dropout(self.words(words))).chunk(3, dim=-1)
        memory = i.sigmoid() * u.tanh()
        return o.sigmoid() * memory.tanh(), memory

    def joined(self, left: State, right: State) -> State:
        """The states of nodes from those of their branches."""
        i, f, g, o, u = self.branches(torch.cat([left[0], right[0]], dim=-1)).chunk(5, dim=-1)
        memory = i.sigmoid() * u.tanh() + f.sigmoid() * left[1] + g.sigmoid() * right[1]
        return o.sigmoid() * memory.tanh(), memory

    def scores(self, hidden: Tensor) -> Tensor:
        """Logits of nodes."""
        logits: Tensor = self.classes(self.dropout(hidden))
        return logits

    def take(self, untrained: UntrainedTrees) -> None:
        """Take the weights of a seqnlp network."""
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
    """Every node is a product of its own."""

    def plan(self, trees: Sequence[BinaryTree]) -> Sequence[BinaryTree]:
        """The trees themselves."""
        return trees

    def forward(self, plan: Sequence[BinaryTree], words: Tensor) -> Tensor:
        """Logits of all nodes."""
        first, hidden = 0, []
        for tree in plan:
            ids = words[first : first + len(tree.words)].split(1)
            states = [self.leaves(word) for word in ids]
            for left, right in zip(tree.left, tree.right, strict=True):
                states.append(self.joined(states[left], states[right]))
            hidden += [state[0] for state in states]
            first += len(tree.words)
        return self.scores(torch.cat(hidden))


class LevelByLevel(Network):
    """All nodes of one height, of all trees, are one product."""

    def plan(self, trees: Sequence[BinaryTree]) -> Levels:
        """The branches of the nodes of each height, and where each node is when all are made."""
        return levels_of(trees)

    def forward(self, plan: Levels, words: Tensor) -> Tensor:
        """Logits of all nodes."""
        levels, places = plan
        hidden, memory = self.leaves(words)
        for left, right in levels:
            new, kept = self.joined((hidden[left], memory[left]), (hidden[right], memory[right]))
            hidden, memory = torch.cat([hidden, new]), torch.cat([memory, kept])
        return self.scores(hidden[places])


def levels_of(trees: Sequence[BinaryTree]) -> Levels:
    """How trees are gone through level by level: words come first, then nodes by height."""
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


def network_of(untrained: UntrainedTrees, way: str) -> Network:
    """A new network of the sizes of seqnlp's."""
    codec = untrained.codec
    return NETWORKS[way](len(codec.words), len(codec.labels), untrained.units)


class Prediction:
    """Trees in, labels of all nodes out, with the weights of the exported model.

    Args:
        untrained: The model.
        way: A key of `NETWORKS`.
        threads: How many threads compute.
    """

    def __init__(self, untrained: UntrainedTrees, way: str, threads: int) -> None:
        torch.set_num_threads(threads)
        self.codec, self.trees = untrained.codec, untrained.test
        self.network = network_of(untrained, way).eval()
        self.network.take(untrained)

    def labels(self, size: int) -> list[str]:
        """The labels of all nodes of all trees, in the order in which their brackets open."""
        order = sorted(range(len(self.trees)), key=lambda number: len(self.trees[number].words))
        found: list[list[str]] = [[]] * len(self.trees)
        for first in range(0, len(order), size):
            group = order[first : first + size]
            for number, labels in zip(group, self._labelled([self.trees[n] for n in group]), strict=True):
                found[number] = labels
        return [label for labels in found for label in labels]

    def run(self, size: int) -> int:
        """Label all trees; return how many there are."""
        self.labels(size)
        return len(self.trees)

    def one_by_one(self, count: int) -> int:
        """Label the first trees one at a time; return how many there are."""
        for tree in self.trees[:count]:
            self._labelled([tree])
        return count

    def made_up(self, shape: str, words: int, trees: int) -> int:
        """Label trees of one shape in one batch; return how many words they have."""
        self._labelled([made_up(shape, words)] * trees)
        return words * trees

    @torch.inference_mode()
    def _labelled(self, trees: Sequence[ParseTree]) -> list[list[str]]:
        binary = [binarize(tree) for tree in trees]
        words = torch.from_numpy(self.codec.encode_trees(binary).words).long()
        chosen = self.network(self.network.plan(binary), words).argmax(dim=1).tolist()
        entries, found, first = self.codec.labels.entries, [], 0
        for tree in binary:
            found.append([entries[chosen[first + node]] for node in tree.preorder()])
            first += len(tree.chains)
        return found


class Training:
    """Whole steps with fused Adam.

    Args:
        untrained: The model.
        way: A key of `NETWORKS`.
        steps: How many batches.
        threads: How many threads compute.
    """

    def __init__(self, untrained: UntrainedTrees, way: str, steps: int, threads: int) -> None:
        torch.set_num_threads(threads)
        self.network = network_of(untrained, way).train()
        encoded = untrained.encoded
        plan = untrained.epochs.plan(0)[:steps]
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
        """Train on all batches, which are ready; return how many trees they have."""
        for plan, words, labels in self.batches:
            self.optimizer.zero_grad()
            loss = functional.cross_entropy(self.network(plan, words), labels, ignore_index=NO_LABEL)
            loss.backward()
            nn.utils.clip_grad_norm_(self.network.parameters(), CLIP)
            self.optimizer.step()
        return self.trees
