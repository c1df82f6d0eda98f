"""What the readers of settings find wrong, said in the words of the page; their own sentence stands behind it."""

import re

from api.words import Words
from pipeline.domain.errors import BadInput

_CODE = re.compile(r"\[([A-Z]{3}-\d{3})\]")
_HEAD = re.compile(r"\[CFG-(?:200|300|400|410|420)\]$")
_WHERE = re.compile(r"^\s*(?:[\w-]+\.toml: )?\s*")


def plain_problems(refusal: BadInput | list[str], words: Words) -> list[str]:
    """Return one sentence for each problem, in the order of the text; a heading that only counts them is left out."""
    text = "\n".join(refusal) if isinstance(refusal, list) else str(refusal)
    lines = [line for line in text.splitlines() if line.strip()]
    told = [line for line in lines if not _is_heading(line)]
    return [_plain(line, words) for line in told or lines]


def _is_heading(line: str) -> bool:
    codes = _CODE.findall(line)
    return not codes or (len(codes) == 1 and bool(_HEAD.search(line)) and "CFG-201" not in line)


def _plain(line: str, words: Words) -> str:
    codes = _CODE.findall(line)
    code = codes[0] if codes else ""
    own = _CODE.sub("", _WHERE.sub("", line)).strip()
    key = f"setting_problem.{code.lower().replace('-', '_')}"
    if key not in words.texts:
        return f"{own} [{code}]" if code else own
    return words(key, own=own, code=code)
