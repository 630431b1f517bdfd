"""River's adaptive trees, learned row by row and scored in blocks from a light copy of their splits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.learning.intake import Intake, Labels, Setup
from simulator.learning.scores import CLUELESS, Scorer, constant, published
from simulator.units import Floats, Ints

__all__ = ["Leaf", "Node", "Split", "TreeLearner", "forest", "tree"]

_TREES = 4  # river's default of 10 learns 2.5 times slower, for little
_BAGGING = 6  # Poisson(6) copies of a row per tree: leveraging bagging (Bifet, Holmes, Pfahringer 2010)
_MOST_COPIES = 600.0  # river draws Poisson from exp(-rate), which is 0 beyond 745

# Leaves answer with their class shares ("mc"): on rare positives the log loss was lower than with naive Bayes
# leaves, and an answer that is the same for a whole leaf can be given in blocks. Leaves of up to 99.9 %
# negatives may be split: at river's 99 % a tree would never start growing on a base rate under 1 %.
_LEAVES: dict[str, Any] = {"leaf_prediction": "mc", "max_share_to_split": 0.999}


@dataclass(frozen=True, slots=True)
class Leaf:
    """The votes of a leaf."""

    negative: float
    positive: float


@dataclass(frozen=True, slots=True)
class Split:
    """Rows with `X[:, feature] <= threshold` go *low*; an *alternate* tree that is being tried votes too."""

    feature: int
    threshold: float
    low: Node
    high: Node
    alternate: Node | None


Node = Leaf | Split


@dataclass(frozen=True)
class _Kind:
    """What the learner has to know about a kind of tree."""

    model: Callable[[int], Any]
    """seed -> river's model"""
    teach: Callable[[Any, dict[int, float], bool, float], None]
    """model, row, label, weight"""
    raw: Callable[[Any], Scorer]
    """a frozen scorer of the model as it is now"""


class TreeLearner:
    """One of river's adaptive trees or forests, *model*.

    Learning goes through river row by row (0.07 ms a row for the tree, 0.15 ms for the forest); rows of
    weight 0 are left out. The luck of bootstrap and forest comes from the seed, row after row, so the blocks
    do not matter. *lost* counts rows with absurd numbers, let in on purpose, that river could not compute with:
    they are dropped, as by a consumer that logs the error and goes on.
    """

    def __init__(self, name: str, setup: Setup, kind: _Kind) -> None:
        self.name, self.setup = name, setup
        self.model = kind.model(setup.seed)
        self._kind = kind
        self._intake = Intake(setup)
        self._features: int | None = None
        self.lost = 0

    def learn(self, X: Floats, y: Labels, weight: Floats) -> None:
        """Learn the rows of *X* (n, f) in the order given."""
        rows = self._intake.admitted(X, y, weight)
        rows = rows.where(rows.weight > 0)
        for x, label, w in zip(rows.X.tolist(), rows.y.tolist(), rows.weight.tolist(), strict=True):
            self._features = len(x)
            self._teach(dict(enumerate(x)), label, w)

    def _teach(self, x: dict[int, float], label: bool, weight: float) -> None:
        try:
            self._kind.teach(self.model, x, label, weight)
        except ArithmeticError:
            if not self.setup.allow_corrupt:
                raise
            self.lost += 1

    def snapshot(self) -> Scorer:
        """Publish the model as it is now; a model that has learned nothing says 0.5."""
        raw = constant(CLUELESS) if self._features is None else self._kind.raw(self.model)
        return published(raw, self.setup, self._features)


def tree(name: str, setup: Setup) -> TreeLearner:
    """Build a Hoeffding adaptive tree (Bifet & Gavaldà 2009): it grows, and replaces branches that drift."""
    return TreeLearner(name, setup, _Kind(_new_tree, _teach_tree, _tree_scorer))


def forest(name: str, setup: Setup) -> TreeLearner:
    """Build an adaptive random forest (Gomes et al. 2017): four trees, each replaced when it drifts."""
    return TreeLearner(name, setup, _Kind(_new_forest, _teach_forest, _forest_scorer))


def _new_tree(seed: int) -> Any:
    from river.tree import HoeffdingAdaptiveTreeClassifier

    # grace and delta suit streams of 1e4-1e5 rows; river's 200 and 1e-7 wait for longer ones
    return HoeffdingAdaptiveTreeClassifier(grace_period=100, delta=1e-4, seed=seed, **_LEAVES)


def _new_forest(seed: int) -> Any:
    from river.forest import ARFClassifier

    return ARFClassifier(n_models=_TREES, lambda_value=_BAGGING, seed=seed, **_LEAVES)


def _teach_tree(model: Any, x: dict[int, float], label: bool, weight: float) -> None:
    model.learn_one(x, label, w=weight)


def _teach_forest(model: Any, x: dict[int, float], label: bool, weight: float) -> None:
    """Count a row of weight w as Poisson(6 w) copies (Wang, Minku, Yao 2015): the forest takes no weights."""
    model.lambda_value = min(_BAGGING * weight, _MOST_COPIES)
    model.learn_one(x, label)


def _tree_scorer(model: Any) -> Scorer:
    root = _frozen(model._root, model)
    return lambda X: _share(_votes(root, X))


def _forest_scorer(model: Any) -> Scorer:
    """Trees vote with their accuracy so far; one that was never right votes unweighted, as in river."""
    roots = [_frozen(each._root, each) for each in model]
    says = [float(metric.get()) or 1.0 for metric in model._metrics]
    return lambda X: _share(sum(say * _votes(root, X) for say, root in zip(says, roots, strict=True)))


def _share(votes: Any) -> Floats:
    """Turn votes (n, 2) into the share of the positive ones; without any vote, into NaN."""
    share: Floats = votes[:, 1] / (votes[:, 0] + votes[:, 1])
    return share


def _frozen(node: Any, model: Any) -> Node:
    """Copy a *node* of river and what is under it."""
    if node is None:
        return Leaf(0.0, 0.0)
    if hasattr(node, "children"):
        low, high = (_frozen(child, model) for child in node.children)
        tried = getattr(node, "_alternate_tree", None)
        alternate = None if tried is None else _frozen(tried, model)
        return Split(node.feature, node.threshold, low, high, alternate)
    votes = node.prediction({}, tree=model) or {}
    return Leaf(votes.get(False, 0.0), votes.get(True, 0.0))


def _votes(root: Node, X: Floats) -> Floats:
    """Return the votes (n, 2) of the tree under *root* for the rows of *X*."""
    votes = np.zeros((len(X), 2))
    _ask(root, X, np.arange(len(X)), votes)
    return votes


def _ask(node: Node, X: Floats, rows: Ints, votes: Floats) -> None:
    """Add the votes that *node* has for *rows*, top-down: an alternate tree before what it may replace."""
    if not len(rows):
        return
    if isinstance(node, Leaf):
        votes[rows] += (node.negative, node.positive)
        return
    if node.alternate is not None:
        _ask(node.alternate, X, rows, votes)
    is_low = X[rows, node.feature] <= node.threshold
    _ask(node.low, X, rows[is_low], votes)
    _ask(node.high, X, rows[~is_low], votes)
