"""What masking takes and what it leaves, sentence by sentence."""

import pytest

from pipeline.domain.masking import MASK, mask


def vanishes(text: str, private: str) -> bool:
    """Whether exactly the private part was masked, one mark for each code point."""
    return mask(text) == text.replace(private, MASK * len(private))


@pytest.mark.parametrize(
    ("text", "private"),
    [
        ("已电话回访张伟，本人表示满意", "张伟"),
        ("联系了王芳，约定明天来窗口", "王芳"),
        ("走访李建国家中，情况属实", "李建国"),
        ("已告知陈小梅补交材料", "陈小梅"),
    ],
)
def test_whom_an_officer_spoke_to_is_masked_in_his_remark(text: str, private: str) -> None:
    """A verb of contact is a cue where what follows is plainly a name."""
    assert vanishes(text, private)


@pytest.mark.parametrize(
    "text",
    [
        "已联系养老服务股核实",
        "通知石桥乡人民政府三日内反馈",
        "走访高龄老人二十户",
        "联系方式见公告，联系人在值班室",
        "答复时间为五个工作日",
        "慰问金共计六百元",
    ],
)
def test_offices_and_plain_words_behind_a_verb_of_contact_stay(text: str) -> None:
    """Organisations and things are contacted too."""
    assert mask(text) == text


@pytest.mark.parametrize(
    ("text", "private"),
    [
        ("我叫张伟，想问低保的事", "张伟"),
        ("联系人：陈小梅", "陈小梅"),
        ("患者周桂芳因病住院", "周桂芳"),
        ("王桂珍女士等了四个小时", "王桂珍"),
        ("孙桂花老人独居在家", "孙桂花"),
        ("死者家属曹永福在殡仪馆等", "曹永福"),
        ("欧阳明珠女士反映食堂关门", "欧阳明珠"),
        ("患者阿不都·热西提无钱医治", "阿不都·热西提"),
        ("请尽快解决！郑国强 2024年11月2日", "郑国强"),
        ("张三，男，45岁，流浪在车站", "张三"),
        ("我母亲赵玉兰八十三岁", "赵玉兰"),
        ("联系人：张伟找局长", "张伟"),
        ("联系人：李小明老师", "李小明"),
    ],
)
def test_a_private_name_beside_a_cue_is_masked(text: str, private: str) -> None:
    """A surname with one or two more characters beside a cue is a name."""
    assert vanishes(text, private)


@pytest.mark.parametrize(
    "text",
    [
        "村民委员会没有公开账目，独居老人没人看望",
        "患者家属很着急，高龄补贴没有发",
        "张家村的村民，王府社区的居民",
        "民政局王主任和李局长都知道，局长王建平也来过",
        "民政办张建国主任答应月底解决",
        "张某某和李某的事",
        "我是低保户，我是党员，我是单亲妈妈，我是退休教师",
        "我父亲常年卧床，我母亲高血压，我儿子上学",
        "万分感谢，方便的话请回电，马上就要过年了",
        "申请人应当提供材料，监护人应依法履行",
        "王女士、李先生和张奶奶",
        "联系人：王建国局长，当事人王建国（社会救助股股长）",
        "关于低保，由于名额，对方态度差",
    ],
)
def test_words_of_the_service_places_and_officials_stay(text: str) -> None:
    """What forms a word, a place, an office or is a surname alone is left as it is."""
    assert mask(text) == text


@pytest.mark.parametrize(
    ("text", "private"),
    [
        ("电话13800001234", "13800001234"),
        ("打１３９００００４３２１", "１３９００００４３２１"),
        ("打139-0000-8888谢谢", "139-0000-8888"),
        ("打139 0000 8888谢谢", "139 0000 8888"),
        ("号码一三八零零零零一二三四", "一三八零零零零一二三四"),
        ("我家电话0571-86661234", "0571-86661234"),
        ("身份证330102194901011234", "330102194901011234"),
        ("身份证33010219650203432X", "33010219650203432X"),
        ("卡号6217 0000 1234 5678 901", "6217 0000 1234 5678 901"),
        ("灵车浙A12345乱收费", "浙A12345"),
        ("加微信yunxi_help2024", "yunxi_help2024"),
        ("QQ：12345678", "12345678"),
        ("邮箱zhang.wei@example.com", "zhang.wei@example.com"),
        ("电话138****1234", "138****1234"),
    ],
)
def test_a_private_number_is_masked_however_it_is_written(text: str, private: str) -> None:
    """Phones, identity cards, bank cards, plates, accounts and mails vanish."""
    assert vanishes(text, private)


@pytest.mark.parametrize(
    "text",
    [
        "服务热线0571-88880000，养老热线12349，报警110，政务12345",
        "民政局电话0571-88882222，办公电话0571-88881111，客服400-800-1234",
        "从2024-01-15到2024-02-15，2019.01.01起",
        "从650元涨到780元，余额12.30元，文件〔2024〕15号",
        "微信公众号minzheng",
    ],
)
def test_published_numbers_dates_and_sums_stay(text: str) -> None:
    """Hotlines, telephones of organisations, dates and sums lead to no private person."""
    assert mask(text) == text


@pytest.mark.parametrize(
    ("text", "private"),
    [
        ("住阳光小区3幢2单元502室", "3幢2单元502室"),
        ("幸福路18号的孤寡老人", "18号"),
        ("张家村3组12号要塌了", "12号"),
        ("翠苑小区5-1203", "5-1203"),
        ("锦绣花园8号楼2单元1101", "8号楼2单元1101"),
        ("解放街六十六号没人走访", "六十六号"),
    ],
)
def test_a_house_number_behind_a_place_is_masked(text: str, private: str) -> None:
    """The place stays, the door does not."""
    assert vanishes(text, private)


@pytest.mark.parametrize(
    "text",
    [
        "民政局302室没人",
        "每月15号发放，村里2号开会",
        "坐2号线，乘8路车",
        "民政局位于建设路8号",
        "幸福路18号的养老院",
        "100-2000元，村里一栋房子",
    ],
)
def test_days_lines_and_offices_are_no_house_numbers(text: str) -> None:
    """A day of the month, a line and an organisation's address stay."""
    assert mask(text) == text


@pytest.mark.parametrize(
    ("text", "private"),
    [
        ("@小石头爱吃糖 你看", "小石头爱吃糖"),
        ("转发 //@东街老李：又涨价了", "东街老李"),
        ("回复 小王爱钓鱼：我家也没有", "小王爱钓鱼"),
        ("昵称：快乐的小鱼，来自手机", "快乐的小鱼"),
        ("@李大嘴请民政局看看", "李大嘴"),
        ("东街老李 发表于 2024-11-2 10:00", "东街老李"),
    ],
)
def test_an_account_name_is_masked(text: str, private: str) -> None:
    """Mentions, replies and nicknames vanish, and no more of the text than the name."""
    assert vanishes(text, private)


@pytest.mark.parametrize(
    "text", ["@云汐发布 请关注", "@云汐县民政局请管管", "回复内容：您好", "回复单位：云汐县民政局"]
)
def test_public_accounts_and_headings_stay(text: str) -> None:
    """An organisation's account is no person; a reply's heading is no name."""
    assert mask(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("孩子8岁，在城关小学读三年级，爷爷75岁", "孩子＊岁，在＊＊小学读三年级，爷爷75岁"),
        ("女儿2015年3月出生，在阳光幼儿园", "女儿＊＊＊＊＊＊＊出生，在＊＊幼儿园"),
        ("留守儿童王小明由奶奶李桂花照顾", "留守儿童＊＊＊由奶奶＊＊＊照顾"),
        ("16周岁以下的孤儿，6岁以上儿童", "16周岁以下的孤儿，6岁以上儿童"),
        ("老人82岁，在城关小学旁边摔倒", "老人82岁，在城关小学旁边摔倒"),
        ("孩子在附近小学上学", "孩子在附近小学上学"),
    ],
)
def test_near_a_child_age_school_and_guardian_are_masked(text: str, expected: str) -> None:
    """A child's age, birthday and school vanish; a rule's ages and an elder's stay."""
    assert mask(text) == expected


def test_terms_to_keep_are_never_eaten() -> None:
    """A place or a term of a rule stays whole beside any cue."""
    assert mask("业主王府，请看", frozenset({"王府"})) == "业主王府，请看"
    assert mask("业主王府，请看") == "业主＊＊，请看"


def test_a_term_that_could_be_a_given_name_opens_no_name() -> None:
    """A rule on 平安 must not bring 李平安 through the door."""
    assert mask("我叫李平安，请看", frozenset({"平安"})) == "我叫＊＊＊，请看"
    assert mask("患者李低保，请看", frozenset({"低保"})) == "患者李低保，请看"


def test_what_is_masked_already_is_left() -> None:
    """The mask is a mark of its own: masking it again changes nothing."""
    assert mask("我叫＊＊＊，电话＊＊＊＊＊＊＊＊＊＊＊") == "我叫＊＊＊，电话＊＊＊＊＊＊＊＊＊＊＊"


def test_a_surname_that_begins_a_word_is_a_surname_before_a_title() -> None:
    """韩国 is a country, and 韩国旺先生 is a man; 韩国籍 stays."""
    assert mask("请联系韩国旺先生") == "请联系＊＊＊先生"
    assert mask("一位韩国籍女士，韩国先生") == "一位韩国籍女士，韩国先生"
