"""
How a digest looks, in one table: in a mail as styles of each element, since many mail programs read no style sheet; on
a page as one style sheet, since the console's policy allows no style in an element.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping

FONT = "font-family:system-ui,-apple-system,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif"
_PILL = "display:inline-block;padding:0 6px;border-radius:3px;font-size:13px;line-height:20px;font-weight:600"

STYLES: Mapping[str, str] = {
    "body": f"margin:0;padding:0;background:#ffffff;color:#1b1f24;{FONT}",
    "sheet": "border-collapse:collapse",
    "page": f"padding:16px;max-width:600px;font-size:16px;line-height:1.6;color:#1b1f24;{FONT}",
    "title": "margin:0;font-size:22px;line-height:1.4",
    "span": "margin:0 0 12px;font-size:14px;color:#57606a",
    "preview": "margin:0 0 12px;padding:6px 10px;border:1px dashed #9a6700;color:#7a5200",
    "lead": "margin:0 0 6px",
    "head": "margin:24px 0 8px;padding-top:8px;border-top:2px solid #1f5fa8;font-size:18px;line-height:1.4",
    "list": "margin:0;padding-left:24px",
    "item": "margin:0 0 10px;overflow-wrap:anywhere",
    "text": "margin:0 0 6px;overflow-wrap:anywhere",
    "small": "margin:0 0 4px;font-size:13px;line-height:1.5;color:#57606a;overflow-wrap:anywhere",
    "quiet": "font-size:13px;color:#57606a;overflow-wrap:anywhere",
    "link": "color:#1f5fa8",
    "numbers": "border-collapse:collapse;margin:0 0 12px",
    "th": "padding:4px 8px 4px 0;text-align:left;font-size:13px;font-weight:400;color:#57606a",
    "thn": "padding:4px 0 4px 8px;text-align:right;font-size:13px;font-weight:400;color:#57606a",
    "rowhead": "padding:6px 8px 6px 0;text-align:left;font-weight:400;border-top:1px solid #d0d7de",
    "now": "padding:6px 0 6px 8px;text-align:right;font-size:20px;font-weight:700;border-top:1px solid #d0d7de",
    "then": "padding:6px 0 6px 8px;text-align:right;color:#57606a;border-top:1px solid #d0d7de",
    "matter": "margin:0 0 14px;padding-left:10px;border-left:3px solid #d0d7de",
    "first": "margin:0;font-weight:600;overflow-wrap:anywhere",
    "line": "margin:0;font-size:15px;overflow-wrap:anywhere",
    "level1": f"{_PILL};background:#b3261e;color:#ffffff",
    "level2": f"{_PILL};background:#a34700;color:#ffffff",
    "level3": f"{_PILL};background:#7a5f00;color:#ffffff",
    "level4": f"{_PILL};background:#1f5fa8;color:#ffffff",
    "chart": "border-collapse:collapse",
    "caption": "padding:0 0 6px;text-align:left;font-size:14px;color:#57606a",
    "chart-head": "padding:0;font-size:0;line-height:0",
    "label": "padding:2px 8px 2px 0;width:1%;text-align:left;font-size:13px;font-weight:400;white-space:nowrap",
    "bar": "padding:2px 0",
    "fill": "border-collapse:collapse",
    "filled": "height:12px;font-size:0;line-height:0;background:#3d7dc4",
    "number": "padding:2px 0 2px 8px;width:1%;text-align:right;font-size:13px;white-space:nowrap",
}
"""Part → its style. Colours have 4.5:1 on white; a level is always written, never its colour alone."""

_DARK: Mapping[str, str] = {
    "body": "background:#0d1117!important;color:#e6edf3!important",
    "page": "color:#e6edf3!important",
    "span": "color:#9da7b3!important",
    "small": "color:#9da7b3!important",
    "quiet": "color:#9da7b3!important",
    "th": "color:#9da7b3!important",
    "thn": "color:#9da7b3!important",
    "then": "color:#9da7b3!important;border-color:#3d444d!important",
    "now": "border-color:#3d444d!important",
    "rowhead": "border-color:#3d444d!important",
    "caption": "color:#9da7b3!important",
    "matter": "border-color:#3d444d!important",
    "link": "color:#7ab7ff!important",
    "preview": "color:#e3b341!important;border-color:#e3b341!important",
    "head": "border-color:#7ab7ff!important",
}
_PRINT = (
    "@page{size:A4;margin:18mm 16mm}"
    "@media print{.d-body,.d-page{background:#ffffff!important;color:#000000!important}"
    ".d-page{max-width:none!important;padding:0!important;font-size:11pt!important}"
    ".d-sheet{width:100%!important}"
    ".top,.foot,.skip,.d-aside{display:none!important}"
    ".d-item,.d-matter,.d-numbers,.d-chart{break-inside:avoid}.d-head{break-after:avoid}"
    ".d-filled,.d-level1,.d-level2,.d-level3,.d-level4{print-color-adjust:exact;-webkit-print-color-adjust:exact}}"
)


def for_mail(part: str) -> str:
    """Return the attributes of a part in a mail: its class, for dark and print, and its style."""
    return f' class="d-{part}" style="{STYLES[part]}"'


def for_page(part: str) -> str:
    """Return the attributes of a part on a page: its class."""
    return f' class="d-{part}"'


def in_chart(look: Callable[[str], str]) -> Callable[[str], str]:
    """Return the look of a chart's parts: its head is not the head of a section."""
    return lambda part: look("chart-head" if part == "head" else part)


def _rules(styles: Mapping[str, str]) -> str:
    return "".join(f".d-{part}{{{style}}}" for part, style in styles.items())


MAIL_STYLE = f"@media screen and (prefers-color-scheme:dark){{{_rules(_DARK)}}}{_PRINT}"
"""What a style attribute cannot say: dark screens and paper."""

_TOKENS: Mapping[str, str] = {
    "#57606a": "var(--ink-2)",
    "#d0d7de": "var(--line)",
    "#7a5200": "inherit",
    "color:#1f5fa8": "color:inherit",
    "#3d7dc4": "var(--chart)",
}
"""A mail's colour → the console's, which knows dark, light and high contrast."""


def _in_tokens(style: str) -> str:
    for colour, token in _TOKENS.items():
        style = style.replace(colour, token)
    return style


_ON_PAGE: Mapping[str, str] = {
    **{part: style if part.startswith("level") else _in_tokens(style) for part, style in STYLES.items()},
    "page": "padding:0;max-width:600px;font-size:1rem;line-height:1.6;color:var(--ink,inherit)",
    "sheet": "border-collapse:collapse;max-width:600px",
}
PAGE_STYLE = f"{_rules({part: style for part, style in _ON_PAGE.items() if part != 'body'})}{_PRINT}"
PAGE_STYLE_HASH = f"'sha256-{base64.b64encode(hashlib.sha256(PAGE_STYLE.encode()).digest()).decode()}'"
"""What the policy of a page with a digest allows besides its own style sheet: this text, and no other."""
