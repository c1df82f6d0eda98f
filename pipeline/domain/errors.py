"""
The error tree. Each error names the thing, the cause and the next step, and carries a code.

    HuiyinError
    ├── BadInput           a file, a row, a page or a setting that cannot be used        (CFG-, INP-)
    ├── MalformedEvent     bytes that are no event, or an event that may not be written  (LOG-)
    ├── LostRace           somebody else wrote first; read and decide again              (LOG-)
    ├── StaleWorker        another worker holds this unit; leave                         (WRK-)
    ├── StoreUnavailable   a store cannot be read or written now                         (STO-)
    └── Refused            a decision that is not legal now; names the legal moves        (INC-)
"""


class HuiyinError(Exception):
    """Everything that Huiyin raises on purpose."""

    code = "HUI-000"

    def __str__(self) -> str:
        """The sentence, then the code that the runbook lists."""
        return f"{super().__str__()} [{self.code}]"


class BadInput(HuiyinError):
    """Something given to Huiyin cannot be used; nothing was changed."""

    code = "INP-001"

    def __init__(self, sentence: str, *, code: str | None = None) -> None:
        super().__init__(sentence)
        if code is not None:
            self.code = code


class MalformedEvent(HuiyinError):
    """An event or batch breaks the rules of the log."""

    code = "LOG-101"


class LostRace(HuiyinError):
    """The unit's log has moved on; the newer batches must be read and the command decided again."""

    code = "LOG-201"


class StaleWorker(HuiyinError):
    """A mention exists with another decision: this worker lost its partition and must drop the unit's memory."""

    code = "WRK-101"


class StoreUnavailable(HuiyinError):
    """A store refused: full disk, locked for too long, damaged, or of a newer version. Nothing was half written."""

    code = "STO-001"

    def __init__(self, sentence: str, *, code: str | None = None) -> None:
        super().__init__(sentence)
        if code is not None:
            self.code = code


class Refused(HuiyinError):
    """A command that is not legal now. `allowed` names the moves that are."""

    code = "INC-201"

    def __init__(self, sentence: str, *, code: str = "INC-201", allowed: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.code = code
        self.allowed = allowed
