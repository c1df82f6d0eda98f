"""Tries an address and tells it: the probe's raw posts go through intake's masking before anybody sees one."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from api.config import Network
from crawlers.manifest import manifest_to_json
from crawlers.network import NetworkSettings
from crawlers.probe.probe import Caller, Probe, probe, whole_address
from crawlers.probe.visitor import World
from crawlers.public_address import AddressRefused, target_of
from crawlers.settings import agent_problems
from pipeline.domain.errors import BadInput
from pipeline.domain.intake import IntakeKeys, intake
from pipeline.domain.post import RawPost
from pipeline.ports import Clock

from .tried import Link, RobotsLine, ShownPost, Tried


@dataclass(frozen=True, slots=True)
class Trier:
    """Who tries: the identified agent, the way outside, the terms that masking keeps, and the clock; or a demo."""

    agent: Callable[[], str]
    network: Network
    keep: Callable[[], frozenset[str]]
    clock: Clock
    world: World = field(default_factory=World)
    is_demo: bool = False

    def try_address(self, address: str, tell: Callable[[str], None] = lambda _address: None) -> Tried:
        """
        Return what the address shows; nothing is kept. `tell` hears each address before it is asked for.

        Raises:
            BadInput: SRC-202, nobody would know who asks.
        """
        outside = NetworkSettings(
            self.network.proxy, self.network.no_proxy, self.network.ca_file, self.network.local_hosts
        )
        if self.is_demo and not _is_of_demo(address, self.network):
            return Tried(address.strip(), (), (), 0, why="demo_only")
        caller = Caller(self.agent(), outside, self.clock.now, self.world, tell)
        return self._told(probe(address, caller))

    def _told(self, found: Probe) -> Tried:
        proposal, trouble = found.proposal, found.trouble
        return Tried(
            asked=found.asked,
            hops=tuple((hop.address, hop.status) for hop in found.hops),
            robots=tuple(
                RobotsLine(
                    each.address,
                    each.robots,
                    each.status,
                    each.verdict.is_allowed,
                    each.verdict.is_reachable,
                    each.verdict.rule if each.verdict.number else "",
                    each.verdict.number,
                    each.verdict.delay_seconds,
                )
                for each in found.robots
            ),
            requests=found.requests,
            why=trouble.why if trouble else "",
            said=trouble.said if trouble else "",
            choices=tuple(Link(choice.name, choice.address) for choice in trouble.choices) if trouble else (),
            kind=proposal.guess.kind.value if proposal else "",
            sure=proposal.guess.sure.value if proposal else "",
            unseen=tuple(each.value for each in proposal.unseen) if proposal else (),
            posts=tuple(self._shown(post) for post in proposal.posts) if proposal else (),
            manifest=json.loads(manifest_to_json(proposal.manifest)) if proposal else {},
            is_local=found.is_local,
        )

    def _shown(self, raw: RawPost) -> ShownPost:
        """Return the post as intake would make it; its author is gone, and its salt and seal are nobody's."""
        keys = IntakeKeys(salt="", address_key=b"", seal=lambda _address: "", keep=self.keep())
        post = intake(raw, keys, self.clock.now())
        return ShownPost(
            post.kind.value,
            post.title,
            post.text,
            post.published_at,
            post.address or "",
            is_sealed=post.sealed_address is not None,
        )


def _is_of_demo(address: str, network: Network) -> bool:
    """Whether the address lies on the demo's own site: a demo asks nobody else."""
    try:
        return target_of(whole_address(address), network.local_hosts).is_local
    except AddressRefused:
        return False


def agent_or_refusal(agent: str, contact: str) -> str:
    """Return who asks; raises BadInput (SRC-202) where nobody is named whom a site could write to."""
    if not contact or agent_problems(agent):
        sentence = "nobody is named whom a site could write to; set a contact (a page or mailbox of your unit)"
        raise BadInput(sentence, code="SRC-202")
    return agent
