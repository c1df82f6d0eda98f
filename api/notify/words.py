"""What messages and the list of notices call things, in Chinese: notices, due times, states of sends, reasons."""

from collections.abc import Mapping

WHAT: Mapping[str, str] = {
    "opened": "新预警",
    "level_raised": "等级上调",
    "level_changed": "等级变更",
    "emergency_declared": "启动应急",
    "unacknowledged": "退回待签收",
    "reopened": "重新办理",
    "line_added": "新留言待答复",
    "undone": "已撤回上一步",
    "due_soon": "即将到期",
    "overdue": "已逾期",
    "digest": "舆情周报",
    "handover_offered": "请求接手",
    "owner_changed": "变更承办人",
    "office_assigned": "交办",
    "office_chased": "催办",
    "sign_asked": "请签字",
    "leader_noted": "领导批示",
    "handover_declined": "谢绝接手",
    "bounced_back": "转办被退回",
    "merged": "并入他案",
    "unmerged": "合并已撤销",
    "office_answered": "承办单位已反馈",
    "office_returned": "承办单位退回",
    "office_recalled": "交办已收回",
    "office_noted": "承办单位补充说明",
    "rolled_up": "通知汇总",
}

DUE: Mapping[str, str] = {
    "acknowledge": "签收",
    "verify": "核实",
    "reply": "回应",
    "answer": "答复",
    "assignment": "反馈",
    "review": "复看",
    "returned": "退回后重新交办",
    "on_hold": "暂缓结束",
    "snoozed": "稍后提醒",
}

STATES: Mapping[str, str] = {
    "waiting": "等待",
    "delivered": "已送达",
    "rolled": "已并入汇总",
    "queued": "只进待办",
    "held": "待人工放行",
    "dropped": "已放弃",
    "failed": "未能送达",
    "unclear": "是否送达不明",
}

NOT_SENT: Mapping[str, str] = {
    "queue_only": "该等级只进待办，不推送",
    "outside_day_hours": "夜间不推送",
    "outside_working_hours": "非工作时间不推送",
    "over_budget": "超过今日条数上限，并入汇总",
    "channel_pace": "该渠道每分钟条数已满",
    "sent_by_hand": "由人提前发送",
    "restored": "从备份恢复，可能已发过，待人工放行",
    "staff_conduct": "涉工作作风，领导决定前只报分管领导",
    "to_print": "该单位没有可用的邮箱，请打印交办单送达",
    "withdrawn": "事项已变，不再需要发送",
}
