"""What pages say about problems, in Chinese, by code. A code that is not here is told by its own sentence."""

from collections.abc import Mapping

from .problem import Told

TITLES: Mapping[int, str] = {
    401: "请先登录",
    403: "没有权限",
    404: "没有找到",
    405: "不支持这种操作",
    408: "接收超时",
    409: "现在不能这样办",
    410: "链接已失效",
    412: "内容已被他人更改",
    413: "内容太大",
    421: "请换用正确的地址",
    422: "填写有误",
    429: "操作过于频繁",
    500: "程序出错",
    503: "暂时不可用",
}

SAID: Mapping[str, tuple[str, str]] = {
    "ACC-101": ("账号、角色或单位填写有误。", "按下面的说明改正。"),
    "ACC-102": ("这个账号已经有人用了。", "换一个账号名。"),
    "ACC-104": ("这个密码不能用：要 10 至 200 个字符，不能包含账号名，不能是常见密码。", "换成几个自己记得住的词。"),
    "ACC-401": ("账号和密码不相符，或者账号已停用。", "重新输入；忘记密码请管理员发一次性链接。"),
    "ACC-410": ("链接已用过，或已超过 24 小时。", "请管理员再发一个（huiyin user link）。"),
    "ACC-429": ("尝试次数过多。", "稍等片刻再试。"),
    "ACC-503": ("同时登录的人太多。", "几秒后再试。"),
    "HTP-401": ("尚未登录，或登录已过期。", "登录后继续；已填写的内容不会丢失。"),
    "HTP-403": ("您的角色不包含这项操作。", "请有相应角色的同事办理。"),
    "HTP-404": ("没有这个页面或事项。", "回到列表再看。"),
    "HTP-405": ("这个地址不支持这种操作。", "回到列表再看。"),
    "HTP-408": ("内容没有在规定时间内传完。", "检查网络后再试。"),
    "HTP-413": ("一次提交的内容太大。", "缩短文字，或附上较小的文件。"),
    "HTP-421": ("不能从这个地址进入。", "请打开下面给出的地址。"),
    "HTP-422": ("有填写的内容不能用。", "改正后再提交。"),
    "HTP-430": ("请求来自别的网站的页面，已拒绝。", "请直接打开本系统操作。"),
    "HTP-431": ("页面是在上一次登录时打开的。", "核对内容后再提交一次。"),
    "HTP-500": ("程序出错了，已记录。", "请把编号告诉维护人员。"),
    "HTP-503": ("没有在规定时间内答复。", "稍后再试。"),
    "STO-101": ("磁盘已满，暂时不能写入。", "请管理员腾出空间。"),
}


def title_of(status: int) -> str:
    """Return the heading of a problem's page."""
    return TITLES.get(status, "现在不能这样办")


def explain(told: Told) -> tuple[str, str]:
    """Return (cause, next step) for people; the sentence of the error itself where no words are kept for its code."""
    return SAID.get(told.code, (told.detail, ""))
