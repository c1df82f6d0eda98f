"""What went wrong, as one value: for programs application/problem+json (RFC 9457), for people a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from api.accounts.limits import TooMany
from pipeline.domain.bad_order import BadOrder
from pipeline.domain.bad_order import Problem as FieldProblem
from pipeline.domain.errors import (
    BadInput,
    HuiyinError,
    LostRace,
    MalformedEvent,
    Refused,
    StaleWorker,
    StoreUnavailable,
)
from pipeline.domain.moved import Moved
from pipeline.domain.row import iso_of

STATUS_OF_CODE: Mapping[str, int] = {
    "ACC-401": 401, "ACC-410": 410, "ACC-429": 429, "ACC-503": 503, "INC-221": 422, "INC-222": 422, "INC-301": 404,
    "INC-232": 403, "INC-403": 403, "INC-409": 412,
}  # fmt: skip
"""Refusals that say more than "not now"; INC-409 is a revision that is no longer the newest (If-Match)."""

STATUS_OF_KIND: Mapping[type[HuiyinError], int] = {
    BadInput: 422,
    Refused: 409,
    LostRace: 409,
    StaleWorker: 503,
    StoreUnavailable: 503,
    MalformedEvent: 500,
}
TITLES: Mapping[int, str] = {
    400: "The request cannot be understood",
    401: "Nobody is signed in",
    403: "This role may not do it",
    404: "There is no such thing here",
    405: "This address does not take that method",
    409: "Not possible now",
    410: "This link no longer works",
    412: "Somebody changed it meanwhile",
    413: "Too much at once",
    415: "Another form of content is expected",
    421: "Another address is meant",
    422: "Something in it cannot be used",
    429: "Too often",
    500: "A fault of Huiyin",
    503: "Not available at this moment",
}
RETRY_SECONDS = 5


class Problem(HuiyinError):
    """A refusal of the web service itself: what happened and why, what to do next, and which fields are wrong."""

    def __init__(
        self,
        status: int,
        code: str,
        cause: str,
        next_step: str = "",
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{cause}; {next_step}" if next_step else cause)
        self.status = status
        self.code = code
        self.cause = cause
        self.next_step = next_step
        self.headers = dict(headers or {})
        self.errors: tuple[FieldProblem, ...] = ()

    def about(self, errors: Sequence[FieldProblem]) -> "Problem":
        """Return the same problem, which names the fields that are wrong."""
        self.errors = tuple(errors)
        return self


@dataclass(frozen=True, slots=True)
class Told:
    """
    A problem as it is told. `detail` is the whole sentence: thing, cause, next step; `allowed` the legal moves.

    `errors` are the fields that are wrong; `moved` what others did since the revision of an older screen.
    """

    status: int
    code: str
    detail: str
    next_step: str = ""
    allowed: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    reference: str = ""
    errors: tuple[FieldProblem, ...] = ()
    moved: Moved | None = None

    @property
    def title(self) -> str:
        """Return the kind of problem in a few words."""
        return TITLES.get(self.status, "Not possible")

    def body(self) -> Mapping[str, object]:
        """Return the members of the problem document."""
        document: dict[str, object] = {
            "type": f"urn:huiyin:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "legal_moves": list(self.allowed),
            "errors": [
                {"field": each.field, "detail": each.sentence, "allowed": list(each.allowed)} for each in self.errors
            ],
        }
        if self.moved is not None:
            document["revision"] = self.moved.revision
            document["since"] = [
                {"revision": step.revision, "type": step.type, "actor": step.actor, "at": iso_of(step.at)}
                for step in self.moved.since
            ]
        if self.next_step:
            document["next"] = self.next_step
        if self.reference:
            document["reference"] = self.reference
        return document


def tell(error: HuiyinError) -> Told:
    """Return how an error of ours is told."""
    detail = str(error).removesuffix(f" [{error.code}]")
    if isinstance(error, Problem):
        return Told(error.status, error.code, detail, error.next_step, headers=error.headers, errors=error.errors)
    kinds = [kind for kind in STATUS_OF_KIND if isinstance(error, kind)]
    status = STATUS_OF_CODE.get(error.code) or (STATUS_OF_KIND[kinds[0]] if kinds else 500)
    return Told(
        status=status,
        code=error.code,
        detail=detail,
        next_step=_next(detail),
        allowed=getattr(error, "allowed", ()),
        headers=_headers(error, status),
        errors=error.problems if isinstance(error, BadOrder) else (),
        moved=error if isinstance(error, Moved) else None,
    )


def missing(what: str = "this") -> Problem:
    """Return the answer to whoever asks for what is not there, or not in his units: both sound the same."""
    return Problem(404, "HTP-404", f"{what} is not there", "look at the list that you came from")


def _next(detail: str) -> str:
    """Return the next step: what stands behind the last semicolon of a sentence of ours."""
    return detail.rpartition("; ")[2] if "; " in detail else ""


def _headers(error: HuiyinError, status: int) -> Mapping[str, str]:
    if isinstance(error, TooMany):
        return {"Retry-After": str(error.retry_after)}
    return {"Retry-After": str(RETRY_SECONDS)} if status == 503 else {}
