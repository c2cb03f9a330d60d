"""Realistic frames of every table a chart reads, built by schema.shape."""

import pandas as pd

from voc_lib import schema

NAMES = ["物流延迟", "功能异常", "服务态度", "退换货流程", "支付失败", "发票问题", "其他"]
MONTHS = [str(month) for month in pd.period_range("2024-10", "2026-09", freq="M")]


def frame(spec, **columns):
    return schema.shape(pd.DataFrame(columns), spec)


def _around(values, width):
    return [max(v - width, 0.0) for v in values], [min(v + width, 1.0) for v in values]


def category_stats(names=NAMES):
    n = pd.Series([120, 90, 80, 60, 22, 11, 17][: len(names)])
    share = n / n.sum()
    change = pd.Series([6.2, -4.8, 0.9, -1.2, 0.4, -0.3, -1.2][: len(names)])
    return frame(
        schema.CATEGORY_STATS,
        category=list(names),
        n=n,
        share=share,
        keywords=["快递、三天、没到"] * len(names),
        customers=(n * 0.8).astype(int),
        low=share - 0.02,
        high=share + 0.03,
        cumulative=share.cumsum(),
        previous_n=n - 5,
        change=change,
        change_low=change - 3,
        change_high=change + 3,
        p_adjusted=[0.001, 0.01, 0.6, 0.4, 0.9, 0.9, 0.7][: len(names)],
    )


def drivers() -> pd.DataFrame:
    rows = [
        ("物流延迟", 210, 2.6, 3.9, -1.2, -1.35, -1.05, 0.0001, 0.7, 0.6, 0.8),
        ("服务态度", 90, 3.1, 3.7, -0.5, -0.7, -0.3, 0.002, 0.25, 0.15, 0.35),
        ("渠道：微博", 60, 3.6, 3.6, 0.05, -0.2, 0.3, 0.7, 0.05, 0.0, 0.1),
    ]
    names = [name for name in schema.DRIVERS.names if name not in ("r_squared", "scores")]
    return schema.shape(pd.DataFrame(rows, columns=names).assign(r_squared=0.4, scores=600), schema.DRIVERS)


def trend(names=NAMES):
    rows = []
    for m, month in enumerate(MONTHS):
        total = 20 if m == 3 else 300 + 12 * m
        for i, name in enumerate(names):
            share = max(
                0.28 - 0.04 * i + 0.05 * ((m * (i + 3)) % 7 - 3) / 7 + (0.004 * m if i == 0 else 0), 0.01
            )
            wide = 0.15 if m == 3 else 0.04
            rows.append((month, name, int(share * total), total, share, max(share - wide, 0), share + wide))
    columns = ["month", "category", "n", "total", "share", "low", "high"]
    return schema.shape(pd.DataFrame(rows, columns=columns), schema.TREND)


def crosstab(names=NAMES, groups=("在线聊天", "电话", "微博", "应用商店", "邮件"), dimension="channel"):
    rows = [
        (
            name,
            dimension,
            group,
            10 * (7 - i) + j,
            0.3 - 0.04 * i + 0.02 * j,
            12 if j == 4 else 150 + j,
            j == 4,
        )
        for i, name in enumerate(names)
        for j, group in enumerate(groups)
    ]
    columns = ["category", "dimension", "group", "n", "share", "base", "small"]
    return schema.shape(pd.DataFrame(rows, columns=columns), schema.CROSSTAB)


def coverage():
    rows = [
        ("客户类型", "新客", 1800, 60, 0.36, 0.15, 0.033),
        ("客户类型", "老客", 2600, 280, 0.52, 0.68, 0.108),
        ("客户类型", "高价值客户", 600, 72, 0.12, 0.17, 0.12),
        ("地区", "华东", 2400, 220, 0.48, 0.54, 0.092),
        ("地区", "华南", 2600, 190, 0.52, 0.46, 0.073),
    ]
    columns = ["dimension", "group", "customers", "speakers", "base_share", "voice_share", "participation"]
    data = pd.DataFrame(rows, columns=columns)
    data["low"], data["high"] = _around(data["participation"], 0.01)
    return schema.shape(data, schema.COVERAGE)


def service(groups=("全部", "在线聊天", "电话", "邮件")):
    rows = []
    for indicator, unit, value in (
        ("首次响应时间（中位数）", "小时", 2.4),
        ("处理时长（中位数）", "小时", 31.0),
        ("SLA 达成率", "%", 0.86),
        ("首次联系解决率", "%", 0.71),
    ):
        for j, group in enumerate(groups):
            v = value * (1 + 0.08 * j) if unit == "小时" else value - 0.04 * j
            rows.append((indicator, group, v, unit, v * 0.95, v * 1.05, 400 if j < 3 else 18, v * 1.1))
    columns = ["indicator", "group", "value", "unit", "low", "high", "n", "previous"]
    return schema.shape(pd.DataFrame(rows, columns=columns), schema.SERVICE)


def quadrants(names=NAMES):
    data = pd.DataFrame({"problem": list(names)})
    data["rank"] = range(1, len(data) + 1)
    data["importance"] = [0.92, 0.74, 0.72, 0.70, 0.31, 0.22, 0.18][: len(data)]
    data["urgency_score"] = [0.88, 0.93, 0.55, 0.58, 0.81, 0.2, 0.15][: len(data)]
    data["reach"] = [0.3, 0.22, 0.2, 0.15, 0.06, 0.03, 0.04][: len(data)]
    data["value"] = [0.21, 0.18, 0.11, 0.12, 0.2, 0.09, 0.1][: len(data)]
    data["cost"] = [0.7, 0.4, 0.3, 0.5, 0.6, 0.2, 0.5][: len(data)]
    data["quadrant"] = ["立即解决", "立即解决", "顺手改进", "顺手改进", "重点规划", "观察", "观察"][
        : len(data)
    ]
    return schema.shape(data, schema.QUADRANTS)


def fishbone(problem="物流延迟"):
    causes = {
        "人": ["人员不足", "新人培训不到位"],
        "机": ["分拣设备老旧", "扫描枪常掉线", "传送带故障"],
        "料": ["包装材料缺货"],
        "法": ["排班规则僵化", "节假日没有备用承运商，出现爆仓以后只能等第二天再处理"],
        "环": ["华东暴雨封路"],
        "测": ["签收时间靠人工登记", "没有在途预警"],
    }
    rows = [
        (problem, bone, cause, 5 if i else None)
        for bone, some in causes.items()
        for i, cause in enumerate(some)
    ]
    return schema.shape(pd.DataFrame(rows, columns=["problem", "bone", "cause", "n"]), schema.FISHBONE)


def why(problem="物流延迟"):
    rows = [
        (0, problem, None, "现象"),
        (1, "分拣效率低", problem, "中间原因"),
        (2, "人员不足", "分拣效率低", "中间原因"),
        (3, "招聘流程缓慢，用人审批要走五个部门", "人员不足", "根因"),
        (2, "设备老旧", "分拣效率低", "中间原因"),
        (3, "没有设备更新预算", "设备老旧", "根因"),
        (1, "承运商单一", problem, "中间原因"),
    ]
    data = pd.DataFrame(rows, columns=["level", "cause", "parent", "kind"]).assign(problem=problem)
    return schema.shape(data, schema.WHY)


def series():
    months = MONTHS[-14:]
    value = [0.24, 0.26, 0.25, 0.23, 0.27, 0.24, 0.2, 0.17, 0.14, 0.12, 0.11, 0.1, 0.115, 0.1]
    phase = ["改进前"] * 6 + ["实施中"] * 2 + ["改进后"] * 6
    low, high = _around(value, 0.03)
    n = [400] * 13 + [18]
    return pd.DataFrame({"month": months, "value": value, "low": low, "high": high, "n": n, "phase": phase})


def tracking():
    rows = [
        (
            "M01",
            "华东仓增设晚班分拣并启用自动分拣线",
            "王敏",
            "2026-03-01",
            "2026-04-30",
            "2026-04-28",
            "按期",
        ),
        ("M02", "支付通道双活切换", "李强", "2026-03-15", "2026-05-15", "2026-06-10", "延期"),
        ("M03", "客服话术与情绪管理培训", "赵丽", "2026-06-01", "2026-08-31", None, "已逾期"),
        ("M04", "退换货自助流程上线", "陈晨", "2026-08-01", "2026-11-30", None, "进行中"),
        ("M05", "发票自动开具", "周舟", "2026-10-15", "2026-12-31", None, "未开始"),
        ("M06", "上门取件试点", "孙倩", "2026-05-01", "2026-06-30", None, "取消"),
    ]
    columns = ["measure_id", "action", "owner", "start", "due", "done", "state"]
    data = pd.DataFrame(rows, columns=columns).assign(goal="降到 12% 以下", department="仓储物流部")
    return schema.shape(data, schema.TRACKING)


def commitments():
    rows = []
    for promise, base, target in (("24 小时内发货", 0.9, 0.95), ("30 天无理由退换", 0.985, 0.98)):
        for i, month in enumerate(MONTHS[-12:]):
            share = min(base + 0.006 * i * (base < 0.95), 1)
            verdict = "达标" if share >= target else "证据不足" if share > target - 0.01 else "未达标"
            rows.append((promise, month, 900, share, share - 0.015, min(share + 0.015, 1), target, verdict))
    columns = ["promise", "month", "n", "share", "low", "high", "target", "verdict"]
    return schema.shape(pd.DataFrame(rows, columns=columns), schema.COMMITMENTS)
