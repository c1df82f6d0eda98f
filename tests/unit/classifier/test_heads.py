"""What the heads of the lexicon answer, in sentences that people write."""

import pytest

from classifier.bundled import BundledClassifier, bundled_classifier
from pipeline.domain.mention import Opinion


@pytest.fixture(scope="module")
def classifier() -> BundledClassifier:
    """Return the bundled classifier, read once."""
    return bundled_classifier()


def opinion(classifier: BundledClassifier, title: str, text: str = "") -> Opinion:
    """Return the opinion of one post."""
    return classifier.opinions([(title, text)])[0]


@pytest.mark.parametrize(
    ("title", "line"),
    [
        ("村里的低保名单不公示", "社会救助"),
        ("敬老院的伙食越来越差", "养老服务"),
        ("公墓管理费涨了一倍", "殡葬服务"),
        ("离婚登记预约不上", "婚姻登记"),
        ("孤儿补助三个月没到账", "儿童福利"),
        ("村务公开栏两年没换过", "基层治理"),
        ("慈善募捐的善款去哪了", "慈善社工"),
        ("新装的路牌写错字", "区划地名"),
        ("民政局的电话没人接", "其他"),
    ],
)
def test_a_title_that_names_a_service_is_about_it(classifier: BundledClassifier, title: str, line: str) -> None:
    """A service named in the title is the matter, and its line would have to act."""
    said = opinion(classifier, title)
    assert (said.about.label, said.service_line.label) == (True, line)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("养老保险断缴怎么补", "请问社保局，居民养老保险断了两年能补吗？"),
        ("退役军人优抚金没到", "我爸是老兵，优抚金这个月没发。"),
        ("医保报销比例", "新农合住院报销多少？"),
        ("铁路噪音扰民", "铁路离小区太近，规划说200米内不宜建学校、医院、敬老院，现在噪音八十分贝。"),
        ("小区物业费乱涨", "物业公司乱收费，业委会不管，连养老院的老人都来投诉。"),
        ("流浪猫救助站缺猫粮", "救助站收养了四十只流浪猫，求捐猫粮。"),
    ],
)
def test_a_service_that_is_only_mentioned_is_another_matter(
    classifier: BundledClassifier, title: str, text: str
) -> None:
    """Another office's matter, or nobody's, is said to be so, and has no service line."""
    said = opinion(classifier, title, text)
    assert (said.about.label, said.service_line.label) == (False, None)


@pytest.mark.parametrize(
    ("title", "text", "act"),
    [
        ("投诉养老院", "养老院不退押金，态度恶劣，请查处。", "投诉"),
        ("求助", "我爸瘫痪在床，家里揭不开锅，求好心人帮帮我们。", "求助"),
        ("请问高龄津贴怎么申请", "需要什么材料？", "咨询"),
        ("建议多开几个老年食堂", "建议民政局在城东增设助餐点，供参考。", "建议"),
        ("感谢民政窗口", "办事很耐心，给工作人员点赞！", "表扬"),
        ("我县养老服务中心正式启用", "记者获悉，近日，县养老服务中心举行揭牌仪式。", "其他"),
    ],
)
def test_the_main_speech_act_is_named(classifier: BundledClassifier, title: str, text: str, act: str) -> None:
    """Blame, plea, question, proposal, thanks and news are told apart."""
    assert opinion(classifier, title, text).act.label == act


def test_blame_outweighs_the_question_it_comes_with(classifier: BundledClassifier) -> None:
    """A complaint that asks is a complaint, and its stance is negative."""
    said = opinion(classifier, "低保被停了谁来管", "半年没到账，推来推去没人管，请问凭什么？")
    assert (said.act.label, said.stance.label) == ("投诉", "negative")


def test_a_person_in_hardship_with_a_plea_is_a_need(classifier: BundledClassifier) -> None:
    """Named hardship and a wish for help make a need."""
    said = opinion(classifier, "求帮帮邻居", "隔壁的孤寡老人瘫在床上，没人送饭，求民政的同志去看看。")
    assert said.need.label is True


@pytest.mark.parametrize("text", ["包工头拖欠工资三个月了", "外墙漏水，开发商不管", "请问低保申请要什么材料？"])
def test_wages_buildings_and_policy_questions_are_no_need(classifier: BundledClassifier, text: str) -> None:
    """A quarrel or a question without a person in hardship is no need."""
    assert opinion(classifier, "", text).need.label is False


def test_a_beaten_child_is_urgent(classifier: BundledClassifier) -> None:
    """A minor at risk is high; nothing is ever called normal."""
    assert opinion(classifier, "孩子被后妈打", "七岁女孩身上全是烟头烫的疤，求求救救孩子").urgency.label == "high"
    assert opinion(classifier, "请问结婚证丢了怎么补").urgency.label is None


@pytest.mark.parametrize("drill", ["养老院开展火灾演练", "福利院举办防走失讲座"])
def test_drills_are_not_urgent(classifier: BundledClassifier, drill: str) -> None:
    """What is practised or prevented has not happened."""
    assert opinion(classifier, drill).urgency.label is None
