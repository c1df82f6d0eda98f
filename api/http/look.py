"""How pages look to one browser: theme, size of type, sound and language, kept in a cookie and in nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from api.words import LANGUAGES

COOKIE = "look"
KEPT_SECONDS = 400 * 24 * 3_600
THEMES = ("auto", "light", "dark", "contrast")
TEXTS = ("normal", "large")
SOUNDS = ("off", "on")


@dataclass(frozen=True, slots=True)
class Look:
    """What was chosen; the first of each is what nobody chose. `theme` auto follows the machine."""

    theme: str = THEMES[0]
    text: str = TEXTS[0]
    sound: str = SOUNDS[0]
    language: str = LANGUAGES[0]

    def with_choices(self, choices: Mapping[str, str]) -> "Look":
        """Return the look with those of the choices that there are."""
        known = {"theme": THEMES, "text": TEXTS, "sound": SOUNDS, "language": LANGUAGES}
        return replace(self, **{name: choices[name] for name in known if choices.get(name) in known[name]})

    def __str__(self) -> str:
        """The cookie's value."""
        return f"{self.theme}.{self.text}.{self.sound}.{self.language}"


def look_from(cookie: str) -> Look:
    """Return the look that a cookie holds; what it does not say, or says wrongly, is as if nobody had chosen."""
    return Look().with_choices(dict(zip(("theme", "text", "sound", "language"), cookie.split("."), strict=False)))
