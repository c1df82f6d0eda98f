"""
How well masking works on labelled sentences of our own, and how fast intake is.

    python -m bench.masking [--wrong]

A row of tests/data/masking.jsonl is a sentence in a citizen's voice with ⟦kind|what must vanish⟧. They were written in
five rounds. Each round was unseen when it was first run, and its mistakes then mended rules and word lists, so only the
first figures of a round say what to expect of new text (recall, precision of spans):

    2nd round 40/44 = 0.91, 41/41 = 1.00      4th round 44/52 = 0.85, 43/44 = 0.98
    3rd round 40/51 = 0.78, 42/45 = 0.93      5th round 31/35 = 0.89, 31/33 = 0.94

Nearly all that was missed there were names; `held out` names the fifth round. The peer in the same run is what most
filters are: a handful of regular expressions for numbers, and a surname with a title for names.
"""

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.intake import IntakeKeys, intake
from pipeline.domain.masking import MASK, mask
from pipeline.domain.post import RawPost
from pipeline.domain.poster_token import derive_keys
from pipeline.domain.wire import post_to_json

LABELLED = Path(__file__).parents[1] / "tests" / "data" / "masking.jsonl"
_MARK = re.compile(r"⟦(\w+)\|([^⟧]*)⟧")
_PLAIN = re.compile(
    r"(?<!\d)1[3-9]\d{9}(?!\d)"  # mobile phone
    r"|(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)"  # telephone
    r"|(?<!\d)\d{17}[\dXx](?!\d)"  # identity card
    r"|(?<!\d)\d{16,19}(?!\d)"  # bank card
    r"|[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z]·?[A-Z0-9]{5,6}"  # number plate
    r"|[\w.+-]+@[\w-]+\.[\w.]+|@[\w-]{2,20}"  # mail, account
    r"|(?:微信|QQ|qq)号?[:：]?\s*[\w-]{5,20}"
    r"|[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤]"
    r"(?:某某?|先生|女士|[\u4e00-\u9fff]{1,2}(?=同志|先生|女士|老师|主任|书记|局长))"
)


@dataclass(frozen=True)
class Sentence:
    """A sentence without marks, and what must vanish: (kind, start, end)."""

    part: str
    text: str
    spans: tuple[tuple[str, int, int], ...]


def sentences(path: Path = LABELLED) -> Iterator[Sentence]:
    """Yield the labelled sentences."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text, spans = "", []
        at = 0
        for mark in _MARK.finditer(row["marked"]):
            text += row["marked"][at : mark.start()]
            spans.append((mark[1], len(text), len(text) + len(mark[2])))
            text += mark[2]
            at = mark.end()
        yield Sentence(row["set"], text + row["marked"][at:], tuple(spans))


def masked_runs(text: str) -> list[tuple[int, int]]:
    """Return the runs of the mask in a masked text."""
    return [match.span() for match in re.finditer(f"{MASK}+", text)]


def plain_mask(text: str) -> str:
    """Return the text as the peer masks it."""
    return _PLAIN.sub(lambda found: MASK * len(found[0]), text)


def measure(part: str, masker: Callable[[str], str] = mask, *, show_wrong: bool = False) -> None:
    """Print precision and recall of one part, by spans and by characters."""
    wanted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    runs = right = chars = right_chars = 0
    for sentence in (each for each in sentences() if each.part == part):
        masked = masker(sentence.text)
        for kind, start, end in sentence.spans:
            wanted[kind] += 1
            found[kind] += masked[start:end] == MASK * (end - start)
        inside = {at for _, start, end in sentence.spans for at in range(start, end)}
        for start, end in masked_runs(masked):
            runs += 1
            right += all(at in inside for at in range(start, end))
            chars += end - start
            right_chars += sum(at in inside for at in range(start, end))
        if show_wrong and masked != "".join(MASK if at in inside else c for at, c in enumerate(sentence.text)):
            print(f"    {sentence.text}\n    {masked}")
    hit, of = sum(found.values()), sum(wanted.values())
    print(
        f"{'peer' if masker is plain_mask else part:>10}: recall {hit}/{of} = {hit / of:.3f}, "
        f"precision {right}/{runs} = {right / runs:.3f} of spans, {right_chars / chars:.3f} of characters"
    )
    print("            " + ", ".join(f"{kind} {found[kind]}/{wanted[kind]}" for kind in sorted(wanted)))


def measure_speed() -> None:
    """Print how many posts of these sentences' length intake takes per CPU-second."""
    texts = [sentence.text for sentence in sentences()]
    longer = ["".join(texts[at : at + 5]) for at in range(len(texts) - 5)]
    keys = IntakeKeys("0" * 32, b"k" * 32, str, derive_keys(b"bench", 1_790_000_000_000))
    raws = [
        RawPost("yunxi-forum", text, native_id=str(at), address=f"http://bbs.example/thread-{at}-1-1.html", poster="7")
        for at, text in enumerate(longer * 10)
    ]
    start = time.process_time()
    size = sum(len(post_to_json(intake(raw, keys, 1_790_000_000_000))) for raw in raws)
    spent = time.process_time() - start
    start = time.process_time()
    for raw in raws:
        plain_mask(raw.text)
    plainly = time.process_time() - start
    mean = sum(len(raw.text) for raw in raws) / len(raws)
    print(
        f"intake and JSON: {len(raws) / spent:,.0f} posts per CPU-second, {mean:.0f} characters each, {size:,} written"
    )
    print(f"peer, its expressions alone: {len(raws) / plainly:,.0f} posts per CPU-second")


def main() -> None:
    """Print all figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--wrong", action="store_true", help="print the sentences that were masked wrongly")
    show_wrong = arguments.parse_args().wrong
    for part in ("made with", "held out"):
        measure(part, show_wrong=show_wrong)
        measure(part, plain_mask)
    measure_speed()


if __name__ == "__main__":
    main()
