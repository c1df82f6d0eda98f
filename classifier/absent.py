"""No classifier: every head abstains, and the desk says so by a banner (MECHANICS §5)."""

from collections.abc import Sequence

from pipeline.domain.mention import NO_OPINION, Opinion


class AbsentClassifier:
    """Stands where no model could be loaded; `reason` is shown in readiness and on the page."""

    model = NO_OPINION.model

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def opinions(self, texts: Sequence[tuple[str, str]]) -> Sequence[Opinion]:
        """Abstain on every text."""
        return [NO_OPINION] * len(texts)
