"""What a source is called where there is little room."""

BANNER, MARK = "（演示数据 纯属虚构）", "（演示）"


def short_name(name: str) -> str:
    """Return a source's name as a line has room for: the demo's banner, which each page shows, shortened to a mark."""
    return name.replace(BANNER, MARK)
