"""
Canonical web addresses: the same page under one address, without what only says how a reader came there.

Facts from links as people share them: trackers (spm, from=wap, chksm, wfr/for …), mobile and archive views of one
forum thread. A canonical address can still be opened. An anchor that names one comment stays, else a reply would be
taken for its article.
"""

import re
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

_TRACKER = re.compile(
    r"(?:utm|mtm|hmsr|share|sharer)_.*"
    r"|spm|scm|spm_id_from|from_spmid|vd_source|bsource|src_from|plat_id|unique_k|buvid|is_story_h5|tt_from"
    r"|chksm|scene|isappinstalled|nsukey|pass_ticket|weixinfrom|wxfid|wx_fmt|clicktime|enterid|ascene|devicetype|from_wecom"
    r"|wfr|bd_vid|bdpid|hms?r|hmpl|hmcu|hmkw|hmci|bjh_share|ivk_sa|ivk_flag|qq_aio_chat_type|_wv|_wwv|_bid"
    r"|edtsign|edtcode|_f|_trans_|spss|spssid|spsw|spsf|clickfrom|pvid|log_from|log_id|req_id|req_id_new|category_new"
    r"|refer|reffer|referer|refer_flag|wvr|luicode|lfid|featurecode|wm|autocallup|retcode|display|red_tag"
    r"|sharefrom|sharesource|sharetype|shareuid|app_share_token|xsec_token|xsec_source|use_new_style"
    r"|gclid|fbclid|msclkid|phpsessid|jsessionid|sessionid|timestamp|apptime|_t|_r"
)
"""Parameters that say how a reader came there, site by site: video, WeChat, search, portals, microblog, sharing."""

_WORDY = frozenset({"from", "fr", "source", "src", "for", "channel"})
"""Trackers where the value is a word (from=wap); with a number or a date they say which page it is."""

_ONLY: tuple[tuple[str, frozenset[str]], ...] = (
    ("mp.weixin.qq.com", frozenset({"__biz", "mid", "idx", "sn"})),
    ("tieba.baidu.com", frozenset({"pn", "kw", "kz"})),
    ("baijiahao.baidu.com", frozenset({"id"})),
    ("bilibili.com", frozenset({"p", "oid", "tid"})),
    ("douyin.com", frozenset({"modal_id"})),
    ("weibo.com", frozenset({"page", "id"})),
    ("weibo.cn", frozenset({"page", "id"})),
    ("toutiao.com", frozenset({"id"})),
    ("zhihu.com", frozenset({"page"})),
    ("xiaohongshu.com", frozenset()),
    ("xhslink.com", frozenset()),
    ("iesdouyin.com", frozenset()),
    ("kuaishou.com", frozenset()),
    ("chenzhongtech.com", frozenset()),
    ("b23.tv", frozenset()),
    ("t.cn", frozenset()),
)
"""Sites where only these parameters say which page it is."""

_ITEM_ANCHOR = re.compile(
    r"(?:comment|reply|post|pid|answer|floor|isso|msg|li-comment|p|c|r|f)[-_]?\d+\Z", re.IGNORECASE
)
_THREAD_PAGE = re.compile(r"(.*/)thread-(\d+)-(\d+)-\d+\.html\Z")
_ARCHIVE_PAGE = re.compile(r"(.*/)archiver/(?:index\.php)?tid-(\d+)(?:-page-(\d+))?\.html\Z")
_ARCHIVE_QUERY = re.compile(r"tid-(\d+)(?:-page-(\d+))?\.html")
_SESSION_IN_PATH = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_HALF = re.compile(r"[\ud800-\udfff]")
_STRAY_PERCENT = re.compile(r"%(?![0-9a-fA-F]{2})")
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
_ASCII = "".join(map(chr, range(33, 127)))
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_AUTHOR_IN_PATH = re.compile(
    r"/(?:@[^/]+|~[^/]+|(?:u|user|users|people|author|space|profile|home)/[^/]+)(?:/|\Z)", re.IGNORECASE
)
_AUTHOR_BY_SITE: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("weibo.com", re.compile(r"/\d{5,12}(?:/|\Z)")),
    ("space.bilibili.com", re.compile(r"/\d+")),
)
"""Sites whose paths begin with the number of an account."""


def canonical_address(address: str) -> str:
    """
    Return the one address of the page: no tracker, session or user name in it, parameters in order, scheme kept.

    What is no web address is returned trimmed; nothing is raised. The result is canonical itself.
    """
    trimmed = _HALF.sub("\ufffd", address).strip()
    if trimmed.startswith("//"):
        trimmed = f"https:{trimmed}"
    try:
        parts = urlsplit(trimmed)
        host = _host(parts)
    except ValueError:
        return trimmed
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return trimmed
    path = _path(parts.path)
    pairs = _forum_page(path, parts) or (path, _meaningful(parts.query, host))
    fragment = "" if pairs[0] != path else _anchor(parts.fragment)
    return urlunsplit((parts.scheme.lower(), host, pairs[0], pairs[1], fragment))


def names_author(address: str) -> bool:
    """Whether the path visibly names a person (/@name/, /people/name), whatever the source's manifest says."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return False
    own = next((form for site, form in _AUTHOR_BY_SITE if host == site), None)
    return _AUTHOR_IN_PATH.search(unquote(parts.path)) is not None or bool(own and own.match(parts.path))


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            return host
    if ":" in host:
        host = f"[{host}]"
    port = parts.port
    usual = {"http": 80, "https": 443}.get(parts.scheme.lower())
    return host if port is None or port == usual else f"{host}:{port}"


def _path(path: str) -> str:
    path = _SESSION_IN_PATH.sub("", path) or "/"
    if "/." in path:
        path = _without_dots(path)
    return quote(_ESCAPE.sub(_one_way, _STRAY_PERCENT.sub("%25", path)), safe="/%:@!$&'()*+,;=~-._")


def _without_dots(path: str) -> str:
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments[1:]:
        if segment == "..":
            if kept:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def _one_way(escape: re.Match[str]) -> str:
    """Return an escape in its one way of writing: letters and digits plain, the others in capitals."""
    char = chr(int(escape[0][1:], 16))
    return char if char in _UNRESERVED else escape[0].upper()


def _meaningful(query: str, host: str) -> str:
    """Return the query without trackers, in order of its names. A query that is no list of pairs stays as it is."""
    if not query:
        return ""
    if "=" not in query:
        return quote(query, safe="/%:@!$&'()*+,;=~-._?")
    only = next((names for site, names in _ONLY if host == site or host.endswith(f".{site}")), None)
    pairs = [
        (name, value)
        for name, value in parse_qsl(quote(query, safe=_ASCII), keep_blank_values=True, encoding="latin-1")
        if (name in only if only is not None else not _is_tracker(name.lower(), value))
    ]
    return urlencode(sorted(pairs), encoding="latin-1")


def _is_tracker(name: str, value: str) -> bool:
    return _TRACKER.fullmatch(name) is not None or (name in _WORDY and value.replace("_", "").isalpha())


def _anchor(fragment: str) -> str:
    """Return the fragment where it says which page or which comment it is, else nothing."""
    return fragment if fragment.startswith(("!", "/")) or _ITEM_ANCHOR.match(fragment) else ""


def _forum_page(path: str, parts: SplitResult) -> tuple[str, str] | None:
    """Return (path, query) of a Discuz thread or floor in the form that opens on every such forum; None elsewhere."""
    found = _forum_thread(path, parts.query)
    if found is None:
        return None
    folder, thread, page, floor = found
    floor = floor or (parts.fragment[3:] if re.fullmatch(r"pid\d+", parts.fragment) else "")
    if floor:
        return (f"{folder}forum.php", f"goto=findpost&mod=redirect&pid={floor}&ptid={thread}")
    later = f"&page={page}" if page.isdigit() and int(page) > 1 else ""
    return (f"{folder}forum.php", f"mod=viewthread{later}&tid={thread}")


def _forum_thread(path: str, query: str) -> tuple[str, str, str, str] | None:
    """Return (folder, thread, page, floor) where the address is one of a forum thread."""
    if match := _THREAD_PAGE.match(path):
        return (match[1], match[2], match[3], "")
    if match := _ARCHIVE_PAGE.match(path):
        return (match[1], match[2], match[3] or "", "")
    if path.endswith(("/archiver/", "/archiver/index.php")) and (match := _ARCHIVE_QUERY.match(query)):
        return (path[: path.rindex("archiver/")], match[1], match[2] or "", "")
    return _forum_script(path, query) if path.endswith(("/forum.php", "/viewthread.php")) else None


def _forum_script(path: str, query: str) -> tuple[str, str, str, str] | None:
    said = dict(parse_qsl(query, keep_blank_values=True, encoding="latin-1"))
    folder = path[: path.rindex("/") + 1]
    if said.get("goto") == "findpost" and said.get("ptid", "").isdigit() and said.get("pid", "").isdigit():
        return (folder, said["ptid"], "", said["pid"])
    if (path.endswith("/viewthread.php") or said.get("mod") == "viewthread") and said.get("tid", "").isdigit():
        return (folder, said["tid"], said.get("page", ""), "")
    return None
