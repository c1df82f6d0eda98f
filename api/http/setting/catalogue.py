"""Which settings there are, in the order in which an officer comes to them. A new form is named here."""

from collections.abc import Mapping, Sequence

from .clocks import CLOCKS
from .conduct import CONDUCT
from .figures import ALERTS, ESCALATION
from .form import SettingForm
from .hours import HOURS
from .line_table import LINES
from .places import PLACES
from .recipients import RECIPIENTS
from .rules import RULES
from .sending import NOTICES
from .toml_form import TomlForm
from .unit import UNIT

FORMS: Sequence[SettingForm] = (
    UNIT,
    PLACES,
    RULES,
    LINES,
    RECIPIENTS,
    NOTICES,
    ESCALATION,
    ALERTS,
    CLOCKS,
    HOURS,
    TomlForm("offices", is_empty=True, template="setting/offices.html"),
    CONDUCT,
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
