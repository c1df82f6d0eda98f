"""
Invented private data, planted so that masking can be proven from end to end.

Nothing here can belong to anyone: phones have prefixes that no carrier uses, ID numbers name a county that does not
exist and end in a wrong check digit, card numbers fail the Luhn test, plates name a city letter that is not issued,
mails end in a reserved domain. To a masker they look like any other.
"""

from collections.abc import Callable, Mapping

from .grammar import Maker

_PHONE_PREFIXES = ("154", "160", "161", "163", "164", "168")
_SURNAMES = "赵钱孙周吴郑冯陈褚蒋沈韩杨朱秦许何吕张孔曹严金魏陶姜戚谢邹喻柏窦章苏潘葛范彭鲁韦马苗方俞任袁柳"
_GIVEN_FIRST = "桂秀玉金淑建国志文春素月爱红永荣德福长景世广兴宝慧翠兰凤"
_GIVEN_SECOND = "芳英珍兰华平明军强生林山根富贵清香云娣莲琴霞旺财友良"
_TITLES = ("女士", "先生")
_PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def _pick(chance: Callable[[], float], options: str) -> str:
    return options[int(chance() * len(options))]


def _digits(chance: Callable[[], float], count: int) -> str:
    return str(int(chance() * 10**count)).zfill(count)


def phone(chance: Callable[[], float]) -> str:
    """Return a mobile number of a prefix that no carrier uses."""
    return _PHONE_PREFIXES[int(chance() * len(_PHONE_PREFIXES))] + _digits(chance, 8)


def name(chance: Callable[[], float]) -> str:
    """Return a surname and one or two characters; a name like thousands of others, of nobody in particular."""
    second = _pick(chance, _GIVEN_SECOND) if chance() < 0.8 else ""
    return _pick(chance, _SURNAMES) + _pick(chance, _GIVEN_FIRST) + second


def courtesy(chance: Callable[[], float]) -> str:
    """Return a name with 女士 or 先生 behind it."""
    return name(chance) + _TITLES[int(chance() * len(_TITLES))]


def id_card(chance: Callable[[], float]) -> str:
    """Return 18 characters like an ID number of a county that does not exist, with a wrong check digit."""
    born = f"{1935 + int(chance() * 60)}{1 + int(chance() * 12):02d}{1 + int(chance() * 28):02d}"
    body = f"1399{90 + int(chance() * 10)}{born}{_digits(chance, 3)}"
    right = sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True)) % 11
    wrong = "10X98765432"[(right + 1 + int(chance() * 10)) % 11]
    return body + wrong


def bank_card(chance: Callable[[], float]) -> str:
    """Return 19 digits like a card number that fails the Luhn test."""
    body = "62" + _digits(chance, 16)
    doubled = sum(int(d) if i % 2 else sum(divmod(2 * int(d), 10)) for i, d in enumerate(reversed(body)))
    return body + str((10 - doubled % 10 + 1 + int(chance() * 9)) % 10)


def plate(chance: Callable[[], float]) -> str:
    """Return a number plate of a city letter that is not issued."""
    return f"{_pick(chance, '宁藏青')}Z·{_pick(chance, _PLATE_LETTERS)}{_digits(chance, 4)}"


def qq(chance: Callable[[], float]) -> str:
    """Return a QQ number above all that were issued."""
    return "99" + _digits(chance, 9)


def wechat(chance: Callable[[], float]) -> str:
    """Return a WeChat id."""
    return f"yx_{_pick(chance, 'abcdefghkm')}{_pick(chance, 'aeiou')}{_pick(chance, 'lnrst')}{_digits(chance, 6)}"


def email(chance: Callable[[], float]) -> str:
    """Return an address of a reserved domain."""
    return f"yx{_digits(chance, 7)}@yunxi.example"


def house(chance: Callable[[], float]) -> str:
    """Return a house number as people write it."""
    return f"{1 + int(chance() * 28)}栋{1 + int(chance() * 4)}单元{1 + int(chance() * 17)}0{1 + int(chance() * 4)}室"


def account(chance: Callable[[], float]) -> str:
    """Return an @-mention of an account."""
    return f"@溪友{_pick(chance, _GIVEN_FIRST)}{_digits(chance, 5)}"


def minor_age(chance: Callable[[], float]) -> str:
    """Return a child's age as people say it; beside a minor's cue it is private."""
    return f"今年{6 + int(chance() * 9)}岁"


def minor_school(chance: Callable[[], float]) -> str:
    """Return a school that does not exist; beside a minor's cue it is private."""
    return ("笛坪乡希望小学", "云汐县橹声小学", "苇笙镇纸伞小学")[int(chance() * 3)]


MAKERS: Mapping[str, Maker] = {
    "phone": phone,
    "name": name,
    "courtesy": courtesy,
    "id_card": id_card,
    "bank_card": bank_card,
    "plate": plate,
    "qq": qq,
    "wechat": wechat,
    "email": email,
    "house": house,
    "account": account,
    "minor_age": minor_age,
    "minor_school": minor_school,
}
"""Every kind of private data that a phrase may plant."""
