"""Where the files of one installation lie, what keeps the rest, and what time it is."""

from dataclasses import dataclass
from pathlib import Path

from api.cluster_config import Cluster
from api.config import Config
from pipeline.adapters.paced_clock import PacedClock, change_pace
from pipeline.adapters.system_clock import SystemClock
from pipeline.ports import Clock


@dataclass(frozen=True, slots=True)
class Folder:
    """
    The files of one installation, below the operator's data folder.

    With a `cluster` posts, log, records and attachments lie there, and only what is this machine's own lies here: the
    crawler's memory and the secrets, the latter in `secret_root` where the operator names one.
    """

    root: Path
    secret_root: Path | None = None
    cluster: Cluster | None = None

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
    def secrets(self) -> Path:
        """Where keys and passwords lie, each a file of its owner alone; never backed up."""
        return self.secret_root or self.root

    @property
    def keys(self) -> Path:
        """Keys, readable by the owner alone; never backed up."""
        return self.secrets / "keys.json"

    @property
    def blobs(self) -> Path:
        """Attachments."""
        return self.root / "blobs"

    @property
    def pace(self) -> Path:
        """The mark of a demo's data, and how fast its clock runs; no other folder has it. Never backed up."""
        return self.root / "demo-clock.json"

    @property
    def frontier(self) -> Path:
        """The crawler's memory of what it has still to fetch; never backed up."""
        return self.root / "frontier.db"


def clock_of(folder: Folder) -> Clock:
    """Return the clock of the folder: in a demo's it runs as fast as the story, else it is the machine's."""
    return PacedClock(folder.pace, SystemClock()) if folder.pace.exists() else SystemClock()


def set_pace(folder: Folder, speed: int) -> None:
    """The folder is a demo's, and its clock runs so many times as fast as the machine's, in a moment."""
    change_pace(folder.pace, speed, SystemClock())


def place_of(config: Config) -> Folder:
    """Return where the installation lies; nothing is made."""
    cluster = Cluster(config.kafka, config.elasticsearch) if config.profile == "cluster" else None
    return Folder(Path(config.data.folder), Path(config.data.secrets) if config.data.secrets else None, cluster)


def folder_of(config: Config) -> Folder:
    """Return the installation's folder, made where it is missing."""
    folder = place_of(config)
    folder.root.mkdir(parents=True, exist_ok=True)
    if not folder.secrets.exists():
        folder.secrets.mkdir(mode=0o700, parents=True)
    return folder


def system_clock() -> Clock:
    """Return the machine's clock."""
    return SystemClock()
