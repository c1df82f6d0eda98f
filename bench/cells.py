"""
Print how many cells of state × command × role there are, by what each is answered; the tests assert every one of them.

    python bench/cells.py
"""

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from pipeline.domain.incident import State
from pipeline.domain.moves import MOVES
from tests.move_cells import DONE, NO_FORM, NOT_HIS, NOT_NOW, cells, group_cells

SAID = {
    DONE: "carried out",
    NOT_NOW: "refused: not legal in this state",
    NOT_HIS: "refused: not for this role",
    NO_FORM: "refused: rules and clocks alone ask for it",
}


def main() -> None:
    """Print the table of incidents, and the number of cells beside it."""
    found = Counter(cell.expected for cell in cells())
    for expected, says in SAID.items():
        print(f"{found[expected]:6} {says}")
    print(f"{sum(found.values()):6} cells: {len(MOVES)} commands × {len(State)} states × 7 roles")
    print(f"{len(list(group_cells())):6} cells of commands to groups that are free, set aside or owned")


if __name__ == "__main__":
    main()
