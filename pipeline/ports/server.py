"""What is found when a server is looked at: by the doctor, and by readiness."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ServerFinding:
    """
    One thing about a server. `says` ends in the next step and its code where `state` is not "well".

    A `problem` keeps Huiyin from its work; `degraded` is what it works with, but not for long or not as safely.
    """

    what: str
    state: Literal["well", "degraded", "problem"]
    says: str
