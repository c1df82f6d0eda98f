"""Numbers in Chinese characters."""

import pytest

from crawlers.chinese_number import with_digits


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("二〇二四年三月五日", "2024年3月5日"),
        ("十五分钟前", "15分钟前"),
        ("二十分钟前", "20分钟前"),
        ("十二月二十八日", "12月28日"),
        ("两小时前", "2小时前"),
        ("廿三日", "23日"),
        ("一百二十天前", "120天前"),
        ("下午三点二十", "下午3点20"),
        ("一心一意为民", "一心一意为民"),
        ("第三者", "第三者"),
    ],
)
def test_numbers_of_dates_and_spans_become_digits(said: str, meant: str) -> None:
    """By value, not character by character: 十五 is 15 and not 105. Other words stay."""
    assert with_digits(said) == meant
