"""How a matter becomes a text: a person's voice, on the venue that he chose."""

from collections.abc import Callable
from dataclasses import dataclass, field

from .grammar import Grammar, Scene
from .phrasebook import MatterTemplate, Wordings
from .venues import BLOGS, MESSAGES, NEWS, OLD_STREET

_SLIPS = (
    ("账", "帐"),
    ("的时候", "得时候"),
    ("已经", "己经"),
    ("再", "在"),
    ("做", "作"),
    ("，", ","),
    ("！", "!!"),
    ("没有", "木有"),
)
_DISGUISES = (
    ("民政局", "民/政/局"),
    ("民政局", "民 政 局"),
    ("低保", "低.保"),
    ("养老院", "養老院"),
    ("殡仪馆", "殡 仪 馆"),
    ("公墓", "公.墓"),
)
_FEELINGS = {"negative": "feel_bad", "positive": "feel_good", "neutral": "feel_plain"}


@dataclass(slots=True)
class Matter:
    """
    One matter while the county lives: its kind, and the names and numbers that all its posts share.

    `luck`, a number in [0, 1), picks which of the kind's stories it is.
    """

    id: str
    template: MatterTemplate
    luck: float
    bound: dict[str, str] = field(default_factory=dict)
    posters: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Told:
    """A title and a text, with the private data that stand in them (value → kind)."""

    title: str
    text: str
    planted: dict[str, str]


class Teller:
    """Tells matters in the voices of the county; draws from `chance`, a source of floats in [0, 1)."""

    def __init__(self, grammar: Grammar, chance: Callable[[], float]) -> None:
        self._grammar = grammar
        self._chance = chance

    def settle(self, matter: Matter, name: str) -> str:
        """Return the matter's place of this name, which is now fixed."""
        return self._grammar.settle(name, Scene(matter.bound))

    def open(self, matter: Matter, source: str) -> Told:
        """Return a first post of a thread, a blog, a news item or a message about the matter."""
        scene = Scene(matter.bound)
        title = self._one(_story(matter.template.title, matter.luck), scene)
        parts = self._substance(matter, scene, source)
        if source == MESSAGES:
            text = self._letter(parts, scene)
        elif source == NEWS:
            text = "\n".join(("{}讯 {}".format("云汐在线", parts[0]), *parts[1:]))
        elif source == BLOGS:
            text = self._blog(parts, matter.template, scene)
        else:
            text = self._post(parts, matter.template, scene, is_dialect=source == OLD_STREET)
        return Told(title, text, scene.planted)

    def reply(self, matter: Matter, to: str) -> Told:
        """Return another person's answer that says something about the matter; some name whom they answer."""
        scene = Scene(matter.bound)
        text = self._one(matter.template.reply, scene)
        if self._chance() < 0.12:
            text = (f"回复 {to}：" if self._chance() < 0.5 else f"@{to} ") + text
            scene.planted[to] = "account"
        return Told("", text, scene.planted)

    def chatter(self) -> Told:
        """Return an answer that says nothing."""
        scene = Scene()
        return Told("", self._grammar.draw("chatter", scene), scene.planted)

    def answer(self, matter: Matter) -> Told:
        """Return the bureau's answer to a message about the matter."""
        scene = Scene(matter.bound)
        return Told("", self._one(matter.template.answer, scene), scene.planted)

    def clarify(self, matter: Matter) -> Told:
        """Return the official word that ends a rumour."""
        scene = Scene(matter.bound)
        title = "情况说明：" + self._one(_story(matter.template.title, matter.luck), scene)
        return Told(title, self._one(matter.template.clarify, scene), scene.planted)

    def phrase(self, name: str) -> str:
        """Return one phrase of the county, without private data being remembered."""
        return self._grammar.draw(name, Scene())

    def _one(self, options: Wordings, scene: Scene) -> str:
        return self._grammar.tell(options[int(self._chance() * len(options))], scene) if options else ""

    def _substance(self, matter: Matter, scene: Scene, source: str) -> list[str]:
        template = matter.template
        parts = [self._one(_story(template.core, matter.luck), scene)]
        wanted = 3.2 if source in (BLOGS, NEWS, MESSAGES) else 1.6
        share = wanted / max(len(template.facts), 1)
        parts.extend(self._grammar.tell(fact, scene) for fact in template.facts if self._chance() < share)
        if template.ask and self._chance() < 0.7:
            parts.append(self._one(template.ask, scene))
        return parts

    def _post(self, parts: list[str], template: MatterTemplate, scene: Scene, *, is_dialect: bool) -> str:
        voice = "dialect" if is_dialect else "forum"
        feeling = "feel_need" if template.need else _FEELINGS[template.stance]
        opener = self._grammar.draw(f"{voice}_open", scene)
        middle = self._grammar.draw(feeling, scene) if template.about or self._chance() < 0.2 else ""
        has_closer = not template.need and (template.about or self._chance() < 0.3)
        closer = self._grammar.draw(f"{voice}_close", scene) if has_closer else ""
        return opener + self._slip("".join((*parts, middle))) + closer

    def _blog(self, parts: list[str], template: MatterTemplate, scene: Scene) -> str:
        lines = [self._grammar.draw("blog_open", scene), *parts]
        if template.about:
            lines.append(self._grammar.draw("feel_need" if template.need else _FEELINGS[template.stance], scene))
        lines.append(self._grammar.draw("blog_close", scene))
        return "\n".join(line for line in lines if line)

    def _letter(self, parts: list[str], scene: Scene) -> str:
        salute = self._grammar.draw("letter_open", scene) + self._grammar.draw("letter_self", scene)
        close = self._grammar.draw("letter_close", scene)
        sign = self._grammar.draw("letter_sign", scene)
        lines = (salute + parts[0], "".join(parts[1:]), close, sign)
        return "\n".join(line for line in lines if line)

    def _slip(self, text: str) -> str:
        """Return the text with a slip of the pen now and then, or with a word written so that filters miss it."""
        draw = self._chance()
        if draw > 0.13:
            return text
        slips = _DISGUISES if draw < 0.02 else _SLIPS
        right, wrong = slips[int(self._chance() * len(slips))]
        return text.replace(right, wrong, 1)


def _story(stories: tuple[Wordings, ...], luck: float) -> Wordings:
    return stories[int(luck * len(stories))]
