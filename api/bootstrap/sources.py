"""The desk of sources: who tries addresses, and where sources are kept."""

from api.config import Config
from api.crawling import agent_of, with_contact
from api.kept_terms import kept_terms
from api.sources.desk import SourceDesk
from api.sources.trying import Trier, agent_or_refusal
from api.stores import Stores
from pipeline.workflow.settings import Settings


def open_trier(stores: Stores, settings: Settings, config: Config, *, is_demo: bool = False) -> Trier:
    """Return who tries addresses for this installation, by its name and through its network."""

    def agent() -> str:
        crawl = with_contact(config.crawl, stores.records)
        return agent_or_refusal(agent_of(crawl), crawl.contact)

    return Trier(agent, config.network, lambda: kept_terms(settings), stores.clock, is_demo=is_demo)


def open_source_desk(stores: Stores, settings: Settings, config: Config, *, is_demo: bool = False) -> SourceDesk:
    """Return the desk of an installation's sources."""
    return SourceDesk(stores, open_trier(stores, settings, config, is_demo=is_demo))
