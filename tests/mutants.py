"""变异算子。What may go wrong in a rule and no operator of Cosmic Ray tries: see ``tests/mutate.py``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cosmic_ray.operators.operator import Example, Operator
from parso.tree import NodeOrLeaf

Position = tuple[tuple[int, int], tuple[int, int]]
OTHERS = {
    "at_most": ("at_least", "below"),
    "at_least": ("at_most", "below"),
    "below": ("at_most", "at_least"),
    "min": ("max",),
    "any": ("all",),
    "all": ("any",),
}
"""比较的误用。A function called, and those that could stand there by mistake."""
TOGETHER = ("all_of", "none_of", "_none", "Measure", "Judgement")
"""并列的参数。Calls whose arguments are each tried without."""


class CallReplacer(Operator):
    """调用替换。Another comparison than the one that the law asks for."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[Position]:
        for _ in _others(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: NodeOrLeaf, index: int) -> NodeOrLeaf:
        node.value = _others(node)[index]
        return node

    @classmethod
    def examples(cls) -> Sequence[Example]:
        return (Example("at_most(a)", "at_least(a)"),)


class ArgumentDropper(Operator):
    """参数删除。One of several facts is forgotten."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[Position]:
        for argument in _arguments(node):
            yield argument.start_pos, argument.end_pos

    def mutate(self, node: NodeOrLeaf, index: int) -> NodeOrLeaf:
        place = node.children.index(_arguments(node)[index])
        del node.children[place : place + 2]
        return node

    @classmethod
    def examples(cls) -> Sequence[Example]:
        return (Example("all_of(a, b)", "all_of( b)"),)


class PhaseReplacer(Operator):
    """阶段替换。Before is taken for after, a plan for what was built."""

    PHASES = (("before", "planned"), ("planned", "before"), ("actual", "planned"))

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[Position]:
        for _ in self._phases(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: NodeOrLeaf, index: int) -> NodeOrLeaf:
        phase, other = self._phases(node)[index]
        node.value = node.value.replace(f".{phase}", f".{other}")
        return node

    @classmethod
    def examples(cls) -> Sequence[Example]:
        return (Example('"a.before"', '"a.planned"'),)

    def _phases(self, node: NodeOrLeaf) -> list[tuple[str, str]]:
        if node.type not in ("string", "fstring_string"):
            return []
        return [(phase, other) for phase, other in self.PHASES if f".{phase}" in node.value]


OWN = (CallReplacer, ArgumentDropper, PhaseReplacer)


def _others(node: NodeOrLeaf) -> tuple[str, ...]:
    """What could be called instead, where a name is called."""
    after = node.get_next_leaf() if node.type == "name" else None
    return OTHERS.get(node.value, ()) if after is not None and after.value == "(" else ()


def _arguments(node: NodeOrLeaf) -> list[NodeOrLeaf]:
    """Arguments of a call that takes several alike, if there are several."""
    if node.type != "arglist":
        return []
    before = node.get_first_leaf().get_previous_leaf().get_previous_leaf()
    if before is None or getattr(before, "value", "") not in TOGETHER:
        return []
    return [child for child in node.children if child.type != "operator" or child.value != ","]
