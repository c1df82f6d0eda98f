"""
The phrase grammar in which the demo county speaks.

    {road}        a fresh draw from the phrases named road
    {@town}       drawn once for a matter, and the same in all its posts
    {!phone}      invented private data, remembered as planted
    {a|b|}        one of these alternatives, the last one empty; alternatives may hold further braces

Templates are compiled once; telling one costs a draw and an append per brace.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from pipeline.domain.errors import BadInput


@dataclass(slots=True)
class Choice:
    """Alternatives, each equally likely. Filled after it is made, so that phrases may name each other."""

    options: tuple["Template", ...] = ()


@dataclass(frozen=True, slots=True)
class Bound:
    """A phrase that is drawn once per matter."""

    name: str
    choice: Choice


@dataclass(frozen=True, slots=True)
class Planted:
    """A place where invented private data is put."""

    kind: str


Node: TypeAlias = "str | Choice | Bound | Planted"
Template: TypeAlias = tuple[Node, ...]
Maker: TypeAlias = Callable[[Callable[[], float]], str]


@dataclass(slots=True)
class Scene:
    """What is fixed for one matter (`bound`), and the private data planted in the text being told (value → kind)."""

    bound: dict[str, str] = field(default_factory=dict)
    planted: dict[str, str] = field(default_factory=dict)


class Grammar:
    """Named phrases, compiled; draws from `chance`, a source of floats in [0, 1)."""

    def __init__(
        self, phrases: Mapping[str, Sequence[str]], makers: Mapping[str, Maker], chance: Callable[[], float]
    ) -> None:
        self._choices = {name: Choice() for name in phrases}
        self._makers = makers
        self._chance = chance
        for name, options in phrases.items():
            self._choices[name].options = tuple(self.compile(option) for option in options)

    def compile(self, template: str) -> Template:
        """Return the template ready to tell; raise BadInput for an unknown phrase or an open brace."""
        nodes, end = self._sequence(template, 0, "")
        if end != len(template):
            raise BadInput(f"phrase {template!r}: a brace is closed that was not opened; balance the braces")
        return nodes

    def tell(self, template: Template, scene: Scene) -> str:
        """Return one text; the scene remembers what was bound and planted."""
        out: list[str] = []
        self._expand(template, scene, out)
        return "".join(out)

    def draw(self, name: str, scene: Scene) -> str:
        """Return one of the named phrases."""
        options = self._choices[name].options
        return self.tell(options[int(self._chance() * len(options))], scene)

    def settle(self, name: str, scene: Scene) -> str:
        """Return what the scene has bound to the phrase; draws it where nothing is bound yet."""
        return self._remembered(Bound(name, self._choices[name]), scene)

    def _expand(self, template: Template, scene: Scene, out: list[str]) -> None:
        for node in template:
            if type(node) is str:
                out.append(node)
            elif type(node) is Choice:
                options = node.options
                self._expand(options[int(self._chance() * len(options))], scene, out)
            elif type(node) is Bound:
                out.append(self._remembered(node, scene))
            elif type(node) is Planted:
                value = self._makers[node.kind](self._chance)
                scene.planted[value] = node.kind
                out.append(value)

    def _remembered(self, node: Bound, scene: Scene) -> str:
        value = scene.bound.get(node.name)
        if value is None:
            options = node.choice.options
            value = self.tell(options[int(self._chance() * len(options))], scene)
            scene.bound[node.name] = value
        return value

    def _sequence(self, template: str, at: int, stops: str) -> tuple[Template, int]:
        nodes: list[Node] = []
        literal = at
        while at < len(template) and template[at] not in stops:
            if template[at] == "{":
                if literal < at:
                    nodes.append(template[literal:at])
                node, at = self._brace(template, at + 1)
                nodes.append(node)
                literal = at
            elif template[at] == "}":
                break
            else:
                at += 1
        if literal < at:
            nodes.append(template[literal:at])
        return tuple(nodes), at

    def _brace(self, template: str, at: int) -> tuple[Node, int]:
        options: list[Template] = []
        begin = at
        while True:
            option, at = self._sequence(template, at, "|}")
            options.append(option)
            if at >= len(template):
                raise BadInput(f"phrase {template!r}: a brace is never closed; close it")
            if template[at] == "}":
                break
            at += 1
        if len(options) > 1:
            return Choice(tuple(options)), at + 1
        return self._named(template, template[begin:at]), at + 1

    def _named(self, template: str, name: str) -> Node:
        if name.startswith("!") and name[1:] in self._makers:
            return Planted(name[1:])
        choice = self._choices.get(name.removeprefix("@"))
        if choice is None:
            raise BadInput(f"phrase {template!r}: {{{name}}} is no phrase; define it or correct the name")
        return Bound(name[1:], choice) if name.startswith("@") else choice
