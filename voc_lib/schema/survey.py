"""What the report on surveys holds: groups, correlations, what the whole hangs on."""

from __future__ import annotations

from voc_lib.schema.declaration import Column as C
from voc_lib.schema.declaration import declare
from voc_lib.schema.stats import INFLUENCE_COLUMNS

SOURCE = C("source", "category", "数据来源", required=True)
GROUP_CLAIMS = ("有差别", "在误差范围内", "样本太少")
DRIVER_CLAIMS = ("提高", "拉低", "看不出影响", "方向矛盾")
SURVEY_GROUPS = declare(
    "survey_groups",
    "各组的整体评分",
    SOURCE,
    C("trait", "category", "分组依据", required=True),
    C("value", "category", "组", required=True),
    C("n", "int", "作答人数", required=True, low=0),
    C("mean", "float", "均分"),
    C("low", "float", "95%下限"),
    C("high", "float", "95%上限"),
    C("top", "share", "前两档占比", low=0, high=1),
    C("gap", "float", "最高组与最低组相差", low=0),
    C("p_adjusted", "float", "校正后p值", low=0, high=1),
    C("claim", "category", "各组之间", required=True, allowed=GROUP_CLAIMS),
    key=("source", "trait", "value"),
)
FIFTHS = ("最低一档", "较低", "中间", "较高", "最高一档")
SURVEY_SPREAD = declare(
    "survey_spread",
    "各题评分的分布",
    SOURCE,
    C("question", "category", "题目", required=True),
    C("n", "int", "作答人数", required=True, low=0),
    *(C(f"fifth_{i}", "share", name, low=0, high=1) for i, name in enumerate(FIFTHS, 1)),
    key=("source", "question"),
)
SURVEY_LINKS = declare(
    "survey_links",
    "各题与整体评分的相关",
    SOURCE,
    C("question", "category", "题目", required=True),
    C("n", "int", "作答人数", required=True, low=0),
    C("rho", "float", "Spearman 相关", low=-1, high=1),
    C("rho_low", "float", "95%下限", low=-1, high=1),
    C("rho_high", "float", "95%上限", low=-1, high=1),
    key=("source", "question"),
)
SURVEY_DRIVERS = declare(
    "survey_drivers",
    "整体评分受什么影响",
    SOURCE,
    C("driver", "category", "因素", required=True),
    C("kind", "category", "题型", required=True),
    C("n", "int", "作答人数", required=True, low=0),
    C("level", "share", "现状（评分题为量表上的位置，多选题为没有选的比例）", low=0, high=1),
    C("alone", "float", "单独看的影响"),
    *INFLUENCE_COLUMNS,
    C("claim", "category", "结论", required=True, allowed=DRIVER_CLAIMS),
    key=("source", "driver"),
)
