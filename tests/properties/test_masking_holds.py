"""Masking over texts of any kind: it never fails, keeps the length, settles at once and takes what is planted."""

from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.domain.lexicon import COMPOUND_SURNAMES, SURNAMES
from pipeline.domain.masking import MASK, mask

SAID = """
我叫 患者 老人 女士 联系人： 电话 王 李 张 欧阳 建国 秀英 家属 村民委员会 孩子 8岁 小学 在 幼儿园 路 18号 @ 回复 ：
3幢2单元502室 13800001234 330102194901011234 0571-88880000 浙A12345 ＊＊＊ 微信 QQ 12345678 一三八 零零 年 月 、 和
的 ， 。 局长 民政局 低保 · 阿不都 热西提 1️⃣ ① ９ - （ ） 敬上 发表于 2024- x X
"""
PIECES = [*SAID.split(), "\n", " "]
CARRIERS = "请问低保怎么办理 民政局没人管 ，谢谢 。养老院涨价了 我要投诉 ！ （见附件） 社区食堂 三个月没发了 盼回复"
crowded = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
anything = st.one_of(
    crowded, st.text(max_size=80), st.text(alphabet="王李张建国的女士老人我叫，。0123456789-@：＊", max_size=40)
)

carriers = st.lists(st.sampled_from([*CARRIERS.split(), "\n"]), max_size=5).map("".join)


@given(anything)
@example("王王王王女士")
@example("\ud800我叫张三")
def test_masking_keeps_the_length_and_changes_nothing_but_to_the_mask(text: str) -> None:
    """Each code point is itself or the mask, so offsets into the stored text hold."""
    masked = mask(text)
    assert len(masked) == len(text)
    assert all(after in (before, MASK) for before, after in zip(text, masked, strict=True))


@given(anything)
def test_masking_twice_is_masking_once(text: str) -> None:
    """What went through the door once may go through it again unchanged."""
    once = mask(text)
    assert mask(once) == once


@given(anything, st.frozensets(st.sampled_from(PIECES), max_size=8))
def test_masking_with_terms_to_keep_settles_too(text: str, keep: frozenset[str]) -> None:
    """Terms to keep take nothing from the two promises."""
    once = mask(text, keep)
    assert len(once) == len(text)
    assert mask(once, keep) == once


@given(carriers, st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", "-", " ", "."]), carriers)
def test_a_planted_mobile_number_vanishes(before: str, number: str, gap: str, after: str) -> None:
    """In any carrier, in groups of 3, 4 and 4 or in one."""
    written = gap.join((number[:3], number[3:7], number[7:]))
    masked = mask(f"{before}{written}{after}")
    assert masked == f"{mask(before)}{MASK * len(written)}{masked[len(before) + len(written) :]}"


@given(
    carriers,
    st.from_regex(
        r"[1-6][0-9]{5}(19[4-9]|200)[0-9](0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])[0-9]{3}[0-9X]", fullmatch=True
    ),
    carriers,
)
def test_a_planted_identity_number_vanishes(before: str, number: str, after: str) -> None:
    """With the letter X at its end or without."""
    assert number not in mask(f"{before}{number}{after}")
    assert MASK * 18 in mask(f"{before}{number}{after}")


@given(
    carriers,
    st.sampled_from(["我叫", "联系人：", "姓名：", "患者：", "投诉人："]),
    st.sampled_from(sorted(SURNAMES) + list(COMPOUND_SURNAMES)),
    st.text(alphabet="建国志伟桂兰秀英丽霞玉珍海涛晓梅", min_size=1, max_size=2),
    carriers,
)
def test_a_planted_name_beside_a_firm_cue_vanishes(
    before: str, cue: str, surname: str, given_name: str, after: str
) -> None:
    """Every surname of the list; where name and text run together, nothing of the name is left either."""
    name = f"{surname}{given_name}"
    masked = mask(f"{before}{cue}{name}，{after}")
    at = len(before) + len(cue)
    assert masked[at : at + len(name)] == MASK * len(name)
