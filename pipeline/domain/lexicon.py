"""What masking knows of names: surnames, characters that no given name holds, offices, organisations. Data, by hand."""


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a list that is written with spaces."""
    return tuple(text.split())


SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧肖程曹袁邓许傅付沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎闫余潘杜"
    "戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安"
    "颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳"
    "裴席卫查屈鲍覃霍翁隋甘景单包柏宁柯阮桂闵解柴华车冉房辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫苟全褚廉简娄符奚穆党燕郎邸"
    "冀谈姬屠连郜晏栾郁蒙计喻窦迟敖鄢卓仇艾蓝巩仲乐虞卞封竺冼楚佟栗匡宗应巫鞠桑荆谌寇晁蒲戎仝佘甯亓逯逄缪闻郗郏阚麦庾"
    "訾阙谯濮璩蒯储汲邴郇钮隗宓仉厉檀裘茅沙伏岑胥蔺麻骆边幸"
)
"""Single-character surnames, roughly by how many people bear them; those that are mostly other words are left out."""

COMPOUND_SURNAMES = words_of("欧阳 上官 司马 诸葛 皇甫 令狐 东方 慕容 尉迟 夏侯 司徒 公孙 端木 呼延 南宫")
"""Surnames of two characters."""

NEVER_GIVEN = frozenset(
    "的了着过吗呢吧啊呀么嘛啦是我你您他她它咱们这那哪谁啥怎几些都也还又很最太更再就才只不没无未被把给让叫对从到往跟与"
    "或但却则即并及等之其此每各由个位岁号点分元块钱款费内外去回出坐站走跑说讲问看听要住死病患身伤残孤妈爸爷奶哥姐嫂叔"
    "姨舅姑婆员者户村镇乡县市区街屯组局所院校某吃喝打拿找买卖做用领交办件事种样次因为吵骂哭两姓氏"
)
"""Characters that no given name holds in ordinary text."""

NEVER_LAST = frozenset(
    "可能得想发进人家在有来和年上下中大小时前后地方于向以由自至近今现已曾路店里车们处部科队厂社会站馆办组点名"
)
"""Characters that end no given name where the text goes on as a sentence (they begin or end another word)."""

GIVEN = frozenset(
    "亚屏颢伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅春建国志文武海燕波辉鹏飞龙云凤珍琴莲荣福贵财富德成"
    "林森峰松柏竹菊荷萍萌蕾蓉薇芬芝香慧惠聪颖婷婉妍媛雪冰雨雷霖露晨晓旭阳亮晴晶昊宇宏洪鸿浩瀚渊源泉清洁润泽涵淑贞贤良"
    "善仁义礼智信忠孝诚廉毅坚康宁健喜乐欢庆祥瑞吉顺昌盛兴旺隆茂根恒祖继绍维克胜斌彬彪威振震博俊豪雄凯恺轩睿哲远翔翼腾"
    "跃达树元丰夏秋冬梓欣怡悦诗琪琳瑶瑛璐璇珊玲珠琼瑾瑜佳嘉家美巧倩蕊莹莉茜菲蓓桃杏柳桐楠榕槐栋梁柱钢铁铭鑫锋锐钧银金"
    "宝花翠碧青紫丹彤艺岚帆航权民邦耀焕灿烨炎焱煜熙曦昕昱晖晔曼君群延寿鹤岩川汉淼沛沐潇湘逸凡素雅勤俭启增益恩爱慈然霄"
    "虹彩锦绣娥姣姗莎丝凌寒梦瑄珂岳崇尚廷钦钊骏骥驰骁勋勉励钰铮锡焘燊琦珏玮璋璞霆霏霓霁昭晋朗彦彰奕奎魁坤垚圣坡堂墨壮"
    "奇婧娅妮婵嫦孟尧屹岗峻嵘嶷巍帅常庭庚弘徽忆念怀惟慎懿戈扬拥捷擎攀敦斐旋昂晗晟曙朋望杨枫柯柔栩格桦梧棋楚楷榆歌毓汝"
    "沁治泓泰济浦淇淮淳渝湛溪滨漫潮澄澜濠炜炯烈焰煊熠犇珺琛琨瑗璟畅白皓皎盈睦祁祯禄秉程稳穆竣笑筠笛筱粤缘罡羽翀翰耘聆"
    "胤舒舜艾芊芙芮芷苑苗苹若茗茵荃莺菁菡萱葆葵蒙蓝蔚薪藻虎蝶衡裕襄言誉谊谦谨豫赫轶辰迅迎迪迈逊逢遥邵郁醒钟镇闻阔陶隽"
    "雁雯靖韬韵韶颂颜飒馨骅鲁鲲鸣鹃麒麟黎"
)
"""Characters of which given names are mostly made."""

GIVEN_TOO = frozenset(
    "二四五六七娃毛力才狗牛根柱留招来喜旦锁栓拴闹蛋桂仔囡妞丫大小有三阿子儿妹弟开先全发进立定新永世长生光天东南西北山"
    "江河学书思守业心意如好真万千百加友水火土木正道安保卫年月日星石米"
)
"""Characters that given names share with ordinary text: they count beside one of `GIVEN`, or two of them together."""

SELF = words_of("""
    我叫 我名叫 我名 名叫 叫做 我的名字是 名字叫 我姓名 小名 乳名 学名 真名 本名 曾用名
""")
"""Firm cues before a name."""

CALLED = words_of("""
    孩子叫 儿子叫 女儿叫 孙子叫 孙女叫 老人叫 他叫 她叫 个叫 位叫 人叫 字叫 子叫
""")
"""Firm cues that end in 叫."""

FORMS = words_of("""
    姓名 联系人 投诉人 举报人 反映人 申请人 来信人 写信人 留言人 诉求人 求助人 当事人 户主 户名 收款人 收件人 监护人
    赡养人 抚养人 扶养人 代理人 委托人 被告 原告 署名 落款 签名 报名人 报案人 死者姓名 患者姓名 儿童姓名 老人姓名
    法定代表人 法人代表 收养人 送养人 被收养人 被赡养人 负责人
""")
"""Fields of a form; firm where a colon or a space follows."""

ROLES = words_of("""
    小姑 小叔 小舅 小姨 大姑 大舅 大姨 二姨 三叔 二舅 二姑 小学生 初中生 高中生 中学生 大学生 养女 养子 继女 继子
    同乡 叔父 伯父 伯母 婶婶 婶子 姨父 姑父 舅妈 表叔 大嫂 姐夫 妹夫 亲家 租客 房客 房东 店主 司机 工友 徒弟 阿婆
    大叔 大婶 老板 法人
    我是 本人 患者 病人 死者 逝者 亡者 家属 村民 居民 老人 老人家 业主 群众 市民 住户 护理员 服务员 低保户
    五保户 特困户 贫困户 脱贫户 监测户 困难户 孤儿 残疾人 老党员 党员 老兵 退役军人 军属 烈属 学生 同学 护工 保姆
    邻居 男子 女子 男童 女童 孩子 小孩 儿童 老伴 丈夫 妻子 老公 老婆 爱人 父亲 母亲 爸爸 妈妈 爸 妈 爷爷 奶奶 外公
    外婆 姥姥 姥爷 公公 婆婆 岳父 岳母 儿子 女儿 儿媳 儿媳妇 女婿 孙子 孙女 外孙 外孙女 哥哥 弟弟 姐姐 妹妹 大哥
    二哥 大姐 二姐 大伯 二叔 叔叔 伯伯 舅舅 姑姑 姑妈 姨妈 嫂子 侄子 侄女 外甥 养父 养母 继父 继母 对象 女友 男友
    女朋友 男朋友 新郎 新娘 配偶 前夫 前妻 亲属 亲戚 朋友 战友 农民 农户 老汉 老太 大爷 大妈 大娘 阿姨 楼上 楼下
    隔壁 老乡 同事 原村民 遗孀 遗属 堂哥 堂弟 表哥 表弟 表姐 表妹 网友 志愿者 捐赠人 记者 通讯员 编辑 责编 摄影
""")
"""Weak cues before a name; firm where a colon follows."""

CONTACTED = words_of("""
    回访 回访了 电话回访 走访 走访了 家访 拜访 探访 约谈 约谈了 致电
    联系 联系了 联系上 联系上了 联系到 联系到了 联系不上 未联系上
    告知 告知了 通知 通知了 答复 答复了 接待 接待了 慰问 慰问了 看望 看望了 探望 探望了 询问 询问了 劝说 安抚 协助 帮助
""")
"""How an officer's remark says whom he spoke to; behind them only what is plainly a name counts."""

KIN = words_of("我哥 我姐 我弟 我妹 我叔 我舅 我姨 我姑 我嫂 我爸 我妈 我爷 我奶 我儿 我女")
"""Weak cues of two characters, where no longer word for the same relative stands."""

TITLES = words_of("""
    女士 先生 小姐 大爷 大妈 大娘 大叔 大伯 大婶 阿姨 老太太 老太 老汉 老爷子 奶奶 爷爷 婆婆 伯伯 老师 老人家
""")
"""Firm cues behind a name."""

WEAK_TITLES = words_of("""
    老人 医生 大夫 护士 护工 师傅 同学 小朋友 夫妇 夫妻 同志 大哥 大姐 叔叔 母子 父子 母女 父女 兄弟 姐妹 等人 一家
    两口子 老两口
""")
"""Weak cues behind a name."""

OFFICES = (
    "(?:副|总|正|原|老|大|代)?(?:局长|主任|书记|支书|村长|镇长|乡长|县长|市长|省长|区长|州长|科长|处长|所长|"
    "站长|院长|校长|园长|会长|队长|部长|主席|秘书长|秘书|委员长|委员|组长|社长|馆长|厅长|司长|股长|干事|专干|"
    "常委|巡视员|调研员|科员|干部|社工|网格员|网格长|楼长|民警|警官|警员|法官|检察官|律师|参谋|政委|指导员|"
    "代表|董事长|总经理|经理|主管|院士|理事长|理事|总干事|馆员|工作人员|办事员)"
)
"""Offices: who bears one is named in his office, which is public."""

ORGANISATIONS = (
    "(?:局|厅|委员会|居委会|村委会|委|办公室|政府|派出所|法院|检察院|公安|中心|医院|卫生院|养老院|敬老院|"
    "福利院|护理院|学校|小学|中学|大学|幼儿园|公司|集团|殡仪馆|公墓|陵园|协会|学会|基金会|联合会|残联|妇联|"
    "工会|商会|合作社|物业|银行|超市|酒店|日报|晚报|电视台|融媒体|发布|热线|在线|问政|民政|办事处|服务站|"
    "服务中心|救助站|登记处|事务所|联盟|机构)"
)
"""How organisations and their public accounts are called at the end."""
