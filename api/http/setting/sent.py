"""A form of a setting as it was sent: its own fields, and what stands around them on the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from api.http.gate import CSRF_FIELD

from .form import Typed

AROUND = frozenset({CSRF_FIELD, "revision", "reason", "looked", "as", "action"})


@dataclass(frozen=True, slots=True)
class Sent:
    """The fields of the setting, and around them: revision, reason, what was looked at, and whether it is its text."""

    typed: Typed
    around: Mapping[str, str]

    @property
    def revision(self) -> int:
        """The revision that was seen; -1 where none can be read, which is nobody's."""
        said = self.around.get("revision", "")
        return int(said) if said.isdecimal() and len(said) < 10 else -1

    @property
    def reason(self) -> str:
        """Why, in his words."""
        return self.around.get("reason", "").strip()

    @property
    def looked(self) -> str:
        """The mark of what was tried on stored posts; "" where nothing was."""
        return self.around.get("looked", "")

    @property
    def is_try(self) -> bool:
        """Whether only the samples are to be looked at: nothing is saved, nothing refused."""
        return self.around.get("action", "") == "try"

    @property
    def is_text(self) -> bool:
        """Whether the setting was typed as its text."""
        return self.around.get("as", "") == "text"


async def sent_form(request: Request) -> Sent:
    """Return what a form sent, whatever its fields are."""
    form = await request.form()
    typed: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            typed.setdefault(name, []).append(value)
    around = {name: values[0] for name, values in typed.items() if name in AROUND}
    return Sent({name: values for name, values in typed.items() if name not in AROUND}, around)


TheForm = Annotated[Sent, Depends(sent_form)]
"""Type of a handler's parameter that receives the form as it was sent."""
