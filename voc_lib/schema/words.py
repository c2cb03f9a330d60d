"""The words a column may hold, each list said once."""

from typing import Literal, get_args

TAG_SEPARATOR = "；"  # between the tags of one feedback, first the primary one
URGENCIES = ("P0", "P1", "P2")
INTENTS = ("抱怨", "需求", "咨询", "表扬", "其他")
MOODS = ("正面", "中性", "负面")
CORRECTABLE = ("tags", "urgency", "intent", "customer_type", "mood", "issue_id")  # what people can set
ALONE = "自成一件"  # what people set as the issue of a feedback that is none of its issue
CUSTOMER_TYPES = ("新客", "老客", "高价值客户", "流失风险客户", "未知")
STATUSES = ("待处理", "处理中", "已完成", "关闭")
OVERDUE_STATES = ("是", "否", "未到期", "无处理记录")  # of an issue at the end of a period
WEEKLY_KINDS = ("逾期", "14 天内到期", "受阻", "要定的事", "已定未办")
CAUSE_STATES = ASSUMED, EVIDENCED, DENIED = "假设", "证据", "已否定"  # of a cause, as tested
CAUSE_CLASSES = (
    "培训不到位",
    "配置不当",
    "操作习惯",
    "系统设计缺陷",
)  # of a system; the first of equals counts
NO_CAUSE_CLASS = "未判明"
STRONG, WEAK = "强", "弱"  # evidence: a test on data; words counted
BREACH_STATES = ("超时办结", "到期末没有办结", "7 天内再次反馈")  # how a promise was broken
Phase = Literal["改前", "改后"]  # when a customer is told of a measure
Told = Literal["待告知", "已告知", "已回复"]
PHASES = BEFORE, AFTER = get_args(Phase)
Reached = Literal["已回访", "联系不上", "谢绝"]  # how a call went
TOLD_STATES = TO_TELL, TOLD, REPLIED = get_args(Told)
CALL_STATES = CALLED, UNREACHED, DECLINED = get_args(Reached)
VERDICTS = ("达标", "未达标", "证据不足")
WATCHES = ("复发", "看守中", "已稳住")  # of a measure whose target was met
UNFINISHED = (WATCHES[0], "进行中", "未开始", "已逾期")  # states of measures that are not over
STAGE_NAMES = (  # of a measure, in their order
    "取消",
    "未评审",
    "评审退回",
    "评审通过",
    "待试点",
    "试点中",
    "待判定",
    "试点通过",
    "试点未通过",
    "已推广",
    "已固化",
)
DIRECTIONS = ("变坏", "变好", "待定")  # of what moved
NOT_YET = "还不能断定"  # what a change is called that stands alone, and not beside all other comparisons
SIDES = {  # what a finding is called (moved, or as judged), and which side that is
    **{word: word for word in DIRECTIONS},
    VERDICTS[0]: DIRECTIONS[1],
    **dict.fromkeys((VERDICTS[1], WATCHES[0], UNFINISHED[-1]), DIRECTIONS[0]),
    NOT_YET: DIRECTIONS[2],
}
SINCE_STATES = ("新出现", "复发", "仍未解决", "好转", "不再出现")  # since the report before
WORDING = (  # columns of feedback that hold what people wrote, not what counts
    "text",
    "request",
    "customer_name",
    "contact",
    "remark",
    "urgency_why",
)
MERGED_BECAUSE = ("唯一", "同一次提交", "完全相同", "同客户同问题", "人工归并")
COPY_KINDS = ("坐席模板", "群发文案", "相同文字")
COPY_CHOICES = ("count", "once", "drop")
COARSE_SCALES = ("2 档", "3 档", "4 档")  # scores of few levels: a share of satisfied, no mean on 1–5
UNSURE_SCALES = ("A–E",)  # which end is the good one is a guess: no sentiment from these
SCORE_SCALES = (*COARSE_SCALES, *UNSURE_SCALES, "1–5", "0–5", "1–7", "1–10", "0–10", "0–100")
