"""
Assignments 交办 as typed values: what the desk asks of an office, and what an office answers.

An office answers on its own page, or an account on its behalf: then `how` is by which means the account was told
(phone, in_person …), "" where the office speaks for itself.
"""

from dataclasses import dataclass
from typing import ClassVar

from .command import IncidentCommand
from .post import Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignOffice(IncidentCommand):
    """交办: the handling office must act by `due_at`, else by what the clock says."""

    name: ClassVar[str] = "assign_office"
    office: str
    due_at: Millis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chase(IncidentCommand):
    """催办: the office is reminded."""

    name: ClassVar[str] = "chase"
    office: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeAnswer(IncidentCommand):
    """反馈: the office has answered; the note is its answer."""

    name: ClassVar[str] = "office_answer"
    office: str
    how: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeReceive(IncidentCommand):
    """签收: the office has the assignment before its eyes."""

    name: ClassVar[str] = "office_receive"
    office: str
    how: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeReturn(IncidentCommand):
    """退回: the office does not work the matter, for the reason in the note; the desk has it again."""

    name: ClassVar[str] = "office_return"
    office: str
    how: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallOffice(IncidentCommand):
    """收回交办: the desk no longer wants it done by this office, which is told."""

    name: ClassVar[str] = "recall_office"
    office: str
