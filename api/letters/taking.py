"""
A list is taken: new letters and new texts go through the door, answers of letters that wait are recorded by the clerk.

What a letter is, is known by its number in the system of origin. The same list again changes nothing, so a list that
was cut off in the middle is simply taken again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from api.sheets import SheetRow
from pipeline.domain.identity import key_of_native_id, key_of_text, version_of
from pipeline.domain.incident import AnswerLine
from pipeline.domain.intake import masked_text
from pipeline.ports import Admitted, Door, PostStore

from .answering import Answering
from .letter import Letter, Reading, RowProblem

BATCH = 200
MOST_PROBLEMS = 2_000
"""So many rows are named; all are counted."""


@dataclass(slots=True)
class Taken:
    """
    What became of the rows so far; each counts once. `last` is the number of the last row that was read.

    `updated` letters have a new text, `answered` ones waited here and are answered by the list.
    """

    taken: int = 0
    updated: int = 0
    answered: int = 0
    unchanged: int = 0
    refused: int = 0
    last: int = 0
    problems: list[RowProblem] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows were read."""
        return self.taken + self.updated + self.answered + self.unchanged + self.refused

    def refuse(self, problem: RowProblem) -> None:
        """The row counts as refused, and is named."""
        self.refused += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)


@dataclass(frozen=True, slots=True)
class Taking:
    """Takes lists of one unit. `keep` are terms that masking never eats; `answering` None: nobody records answers."""

    posts: PostStore
    door: Door
    reading: Reading
    keep: frozenset[str]
    answering: Answering | None = None

    def take(self, rows: Iterable[SheetRow], told: Callable[[Taken], None]) -> Taken:
        """Every row was taken, or is named with what is wrong; `told` is called behind each batch."""
        taken, seen = Taken(), dict[str, int]()
        letters = self._letters(rows, taken, seen)
        while batch := list(islice(letters, BATCH)):
            self._take_batch(batch, taken)
            told(taken)
        told(taken)
        return taken

    def _letters(self, rows: Iterable[SheetRow], taken: Taken, seen: dict[str, int]) -> Iterator[Letter]:
        """Yield the good rows; a number that stands in the list twice is taken once."""
        for row in rows:
            letter = self.reading.letter(row)
            taken.last = row.number
            if isinstance(letter, RowProblem):
                taken.refuse(letter)
                continue
            first = seen.setdefault(self._key(letter), row.number)
            if first != row.number:
                taken.refuse(RowProblem(row.number, "LTR-207", str(first)))
            else:
                yield letter

    def _take_batch(self, batch: Sequence[Letter], taken: Taken) -> None:
        keys = {self._key(letter) for letter in batch}
        heads, erased = self.posts.heads(keys), self.posts.erased(keys)
        lines = self.answering.lines() if self.answering else {}
        coming: list[Letter] = []
        for letter in batch:
            head = heads.get(self._key(letter))
            if self._key(letter) in erased:
                taken.refuse(RowProblem(letter.number, "LTR-208"))
                continue
            is_other = head is None or head.newest != self._version(letter)
            coming += [letter] if is_other else []
            if head is None:
                taken.taken += 1
            elif self._records_answer(letter, lines.get(head.id), taken):
                continue
            elif is_other:
                taken.updated += 1
            else:
                taken.unchanged += 1
        self._admit(coming, taken)

    def _admit(self, coming: Sequence[Letter], taken: Taken) -> None:
        """The letters are on the bus; what the door could not read is buried there, and counted here."""
        admitted = self.door.admit([letter.raw for letter in coming]) if coming else Admitted()
        for _ in range(admitted.buried):
            taken.taken -= 1
            taken.refuse(RowProblem(coming[-1].number, "LTR-302"))

    def _records_answer(self, letter: Letter, line: tuple[str, AnswerLine] | None, taken: Taken) -> bool:
        """Whether the list answers a letter that waits here; then that is recorded, or the row is named as refused."""
        if self.answering is None or line is None or line[1].outcome or letter.answered_at is None:
            return False
        problem = self.answering.record(letter, *line)
        if problem is None:
            taken.answered += 1
        else:
            taken.refuse(problem)
        return True

    def _key(self, letter: Letter) -> str:
        if letter.raw.native_id:
            return key_of_native_id(letter.raw.source, letter.raw.native_id)
        return key_of_text(letter.raw.source, masked_text(letter.raw.text or letter.raw.title, self.keep))

    def _version(self, letter: Letter) -> str:
        return version_of(masked_text(letter.raw.title, self.keep), masked_text(letter.raw.text, self.keep))
