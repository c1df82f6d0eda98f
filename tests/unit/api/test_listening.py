"""The web service listens where the operator says, or says that it cannot: a deaf service is never called alive."""

import pytest

from api.web import listen
from pipeline.domain.errors import BadInput


def test_a_port_in_use_is_refused_with_the_next_step() -> None:
    """The process then ends, and its parent shows it as dead."""
    with listen("127.0.0.1", 0) as taken, pytest.raises(BadInput, match=r"give \[web\] another port \[CFG-120\]"):
        listen("127.0.0.1", taken.getsockname()[1])


def test_a_host_that_is_none_is_refused() -> None:
    """A name that leads nowhere, and one that cannot be a name."""
    with pytest.raises(BadInput, match="cannot listen there"):
        listen("no-such-host.invalid", 0)
