"""What the classifier holds of posts: each text is asked about once, and a failure is an abstention, never a label."""

import logging
from collections.abc import Sequence

from .domain.mention import NO_OPINION, Opinion
from .domain.post import Post
from .ports import Classifier, PostStore

log = logging.getLogger(__name__)


def opinions_of(posts: Sequence[Post], store: PostStore, classifier: Classifier) -> dict[str, Opinion]:
    """Return version → opinion; what this model said of the same text before is not asked again."""
    known = dict(store.opinions({post.version for post in posts}, classifier.model))
    new = {post.version: (post.title, post.text) for post in posts if post.version not in known}
    if new:
        failures: list[str] = []
        known.update(zip(new, _said(classifier, list(new.values()), failures), strict=True))
        if failures:
            log.error("worker.classifier_failed: %d texts have no opinion (%s)", len(failures), failures[0])
    return known


def _said(classifier: Classifier, texts: Sequence[tuple[str, str]], failures: list[str]) -> Sequence[Opinion]:
    """Return an opinion of each text; one that breaks the classifier abstains alone. The error may quote the text."""
    try:
        return classifier.opinions(texts)
    except Exception as failure:  # noqa: BLE001 - a named boundary: it counts and tells the kind
        if len(texts) == 1:
            failures.append(type(failure).__name__)
            return [NO_OPINION]
        return [said for text in texts for said in _said(classifier, [text], failures)]
