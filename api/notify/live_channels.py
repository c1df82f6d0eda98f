"""The channels of a running clock: those of the operator's file, and mail as it is set at this moment."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from api.config import Config
from api.stores import Stores
from pipeline.ports import Channel, Clock

from .channels import open_channels
from .mail import Mail, MailServer
from .mail_server import MailDesk


class LiveChannels(Mapping[str, Channel]):
    """Name → channel. Mail that was set in the console is there with the next look, without a restart."""

    def __init__(self, fixed: Sequence[Channel], mail: Callable[[], MailServer | None], clock: Clock) -> None:
        self._fixed = {channel.name: channel for channel in fixed}
        self._mail = mail
        self._clock = clock

    def __getitem__(self, name: str) -> Channel:
        """Return the channel; raises KeyError where there is none of that name now."""
        if name not in self._fixed and name == Mail.name:
            server = self._mail()
            if server is not None:
                return Mail(server, self._clock)
        return self._fixed[name]

    def __iter__(self) -> Iterator[str]:
        """Yield the names that there are now."""
        yield from self._fixed
        if Mail.name not in self._fixed and self._mail() is not None:
            yield Mail.name

    def __len__(self) -> int:
        """Return how many there are now."""
        return len(list(iter(self)))


def open_live_channels(config: Config, stores: Stores) -> LiveChannels:
    """Return the channels as they are now and will be; raises BadInput with every problem of the operator's file."""
    return LiveChannels(open_channels(config, stores.clock), MailDesk(config, stores.records).server, stores.clock)
