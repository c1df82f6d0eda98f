"""Paths of this site: no form or login leads a reader to somebody else's."""


def local_path(wanted: str) -> str:
    """Return the path where it lies on this site, else the first page: no login leads to somebody else's."""
    is_ours = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted and wanted.isprintable()
    return wanted if is_ours else "/"
