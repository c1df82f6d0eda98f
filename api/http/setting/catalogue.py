"""Which settings there are, in the order in which an officer comes to them. A new form is named here."""

from collections.abc import Mapping, Sequence

from .form import SettingForm
from .places import PLACES
from .rules import RULES
from .toml_form import TomlForm
from .unit import UNIT

FORMS: Sequence[SettingForm] = (
    UNIT,
    PLACES,
    RULES,
    TomlForm("lines"),
    TomlForm("recipients"),
    TomlForm("notices"),
    TomlForm("escalation"),
    TomlForm("alerts"),
    TomlForm("clocks"),
    TomlForm("calendar"),
    TomlForm("offices"),
    TomlForm("conduct"),
)

BY_KEY: Mapping[str, SettingForm] = {form.key: form for form in FORMS}
PRIVATE = frozenset({"recipients", "offices"})
"""Settings that hold people's addresses: shown to those who may change them."""


def form_of(key: str, *, as_text: bool) -> SettingForm | None:
    """Return the form of a setting, or that of its text; None where there is no such setting."""
    form = BY_KEY.get(key)
    if form is None or not as_text or isinstance(form, TomlForm):
        return form
    return TomlForm(key, is_tried=form.is_tried)
