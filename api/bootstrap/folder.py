"""Where the files of one installation lie, and what time it is."""

from dataclasses import dataclass
from pathlib import Path

from api.config import Config
from pipeline.adapters.system_clock import SystemClock
from pipeline.ports import Clock


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of one installation, below the operator's data folder."""

    root: Path

    @property
    def huiyin(self) -> Path:
        """Posts, mentions, groups, log, memos, sends, records: what a backup holds."""
        return self.root / "huiyin.db"

    @property
    def bus(self) -> Path:
        """Posts on the way; never backed up."""
        return self.root / "bus.db"

    @property
    def state(self) -> Path:
        """Poster tokens; never backed up."""
        return self.root / "state.db"

    @property
    def keys(self) -> Path:
        """Keys, readable by the owner alone; never backed up."""
        return self.root / "keys.json"

    @property
    def blobs(self) -> Path:
        """Attachments."""
        return self.root / "blobs"

    @property
    def frontier(self) -> Path:
        """The crawler's memory of what it has still to fetch; never backed up."""
        return self.root / "frontier.db"


def folder_of(config: Config) -> Folder:
    """Return the installation's folder, made where it is missing."""
    root = Path(config.data.folder)
    root.mkdir(parents=True, exist_ok=True)
    return Folder(root)


def system_clock() -> Clock:
    """Return the machine's clock."""
    return SystemClock()
