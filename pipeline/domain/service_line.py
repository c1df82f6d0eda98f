"""Business lines 业务领域: the classifier's labels mapped onto the unit's table, and which line a matter belongs to."""

from collections.abc import Iterable, Mapping

OTHER = "其他"

OF_LABEL: Mapping[str, str] = {
    "社会救助": "社会救助",
    "养老服务": "养老服务",
    "殡葬服务": "殡葬管理",
    "婚姻登记": "婚姻登记",
    "儿童福利": "儿童福利和未成年人保护",
    "慈善社工": "慈善事业",
    "区划地名": "区划地名",
    "基层治理": "基层治理",
    "其他": OTHER,
}
"""The guideline's labels (data/classify) as the lines of DESIGN §2; a label of neither is shown as it is."""


def line_of(label: object, of_rules: Iterable[str | None]) -> str | None:
    """
    Return the line of a post: what the rules that it met say, the classifier's label where they say only "其他".

    A rule names its line on purpose, so it wins; among rules the first that names a line of its own.
    """
    named = [line for line in of_rules if line]
    own = next((line for line in named if line != OTHER), None)
    if own is not None:
        return own
    if isinstance(label, str) and label != OTHER:
        return OF_LABEL.get(label, label)
    return named[0] if named else None
