"""What the report on service quality holds: who is slower, where time is lost, what is waiting."""

from __future__ import annotations

from voc_lib.schema.declaration import Column as C
from voc_lib.schema.declaration import declare

UNTOLD = "样本太少", "没有其他组"
PACES = ("更慢", "更快", "相当", *UNTOLD)
SOLVED = ("更低", "更高", "相当", *UNTOLD)
RECORDED, LOGGED = "工单记录", "状态流水"
HANDED = PASSED, BACK, AGAIN = "转手", "转回（甲→乙→甲）", "办结后重开"
DESKS = declare(
    "desks",
    "各部门、处理人、渠道的服务质量",
    C("dimension", "category", "维度", required=True),
    C("group", "category", "分组", required=True),
    C("n", "int", "问题数", required=True, low=0),
    C("open", "int", "未办结", required=True, low=0),
    C("response", "float", "首次响应（小时）", low=0),
    C("response_low", "float", "首次响应95%下限", low=0),
    C("response_high", "float", "首次响应95%上限", low=0),
    C("hours", "float", "办结时长（小时，中位数）", low=0),
    C("hours_low", "float", "95%下限", low=0),
    C("hours_high", "float", "95%上限", low=0),
    C("sla", "share", "SLA达成率", low=0, high=1),
    C("sla_low", "share", "SLA95%下限", low=0, high=1),
    C("sla_high", "share", "SLA95%上限", low=0, high=1),
    C("first_contact", "share", "一次解决率", low=0, high=1),
    C("first_contact_low", "share", "一次解决率95%下限", low=0, high=1),
    C("first_contact_high", "share", "一次解决率95%上限", low=0, high=1),
    C("again", "share", "被再次反馈的比例", low=0, high=1),
    C("waiting", "int", "待处理", required=True, low=0),
    C("waiting_days", "float", "待处理时长中位数（天）", low=0),
    C("pace", "float", "办结速度（1 为其他组的水平）", low=0),
    C("p_adjusted", "float", "校正后p值", low=0, high=1),
    C("claim", "category", "办结快慢与其他组相比", required=True, allowed=PACES),
    C("others", "share", "其他组的一次解决率", low=0, high=1),
    C("solved_p", "float", "一次解决率的校正后p值", low=0, high=1),
    C("solved", "category", "一次解决率与其他组相比", required=True, allowed=SOLVED),
    key=("dimension", "group"),
)
STAGES = declare(
    "stages",
    "各环节用时",
    C("basis", "category", "依据", required=True, allowed=(RECORDED, LOGGED)),
    C("group", "category", "分组", required=True),
    C("stage", "category", "环节", required=True),
    C("n", "int", "次数", required=True, low=0),
    C("open", "int", "期末仍在此环节", required=True, low=0),
    C("hours", "float", "停留中位数（小时，含未结束）", low=0),
    C("low", "float", "95%下限", low=0),
    C("high", "float", "95%上限", low=0),
    C("slow", "float", "九成在多少小时内离开", low=0),
    C("total", "float", "合计小时", required=True, low=0),
    C("share", "share", "占全部用时", low=0, high=1),
    key=("basis", "group", "stage"),
)
BACKLOG = declare(
    "backlog",
    "待处理问题的等待时间",
    C("department", "category", "责任部门", required=True),
    C("band", "category", "已等待", required=True, allowed=("3 天以内", "4–7 天", "8–30 天", "超过 30 天")),
    C("n", "int", "件数", required=True, low=0),
    C("late", "int", "其中已超期", required=True, low=0),
    key=("department", "band"),
)
HANDS = {"handler": "处理人", "department": "部门"}
HANDOFFS = declare(
    "handoffs",
    "转手与重开",
    C("hands", "category", "在谁之间", required=True, allowed=tuple(HANDS.values())),
    C("kind", "category", "情况", required=True, allowed=HANDED),
    C("giver", "category", "由谁"),
    C("taker", "category", "转给谁"),
    C("n", "int", "次数", required=True, low=0),
    C("tickets", "int", "工单数", required=True, low=0),
    C("base", "int", "在多少个工单里", required=True, low=0),
    C("share", "share", "占工单", low=0, high=1),
    C("low", "share", "95%下限", low=0, high=1),
    C("high", "share", "95%上限", low=0, high=1),
    key=("hands", "kind", "giver", "taker"),
)
