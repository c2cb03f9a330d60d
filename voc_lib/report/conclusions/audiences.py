"""For whom a version of the report is made, and what is not in it."""

from __future__ import annotations

import pandas as pd

from voc_lib import schema
from voc_lib.audience import Audience
from voc_lib.period import Period
from voc_lib.report import cited
from voc_lib.report.narrative import TextView, text
from voc_lib.report.tables import number

FEW = 30  # problems below which a share is a rough figure


def version(
    audience: Audience | None, stats: pd.DataFrame, period: Period, *, total: int | None = None
) -> TextView | None:
    """Whose rows the figures are of, and how many; None in the report for all. schema.CATEGORY_STATS in.

    `total`: the problems of the report for all, where they may be told.
    """
    if audience is None:
        return None
    n = int(stats["n"].sum())
    words = f"这一版只给“{audience.name}”：只含{audience.words}的反馈，{period.title} {n:,} 个问题，"
    words += "占比都以它们为分母。"
    if n < FEW:
        words += f"不足 {FEW} 个，占比的误差大，请看件数和原话。"
    rest = "措施、目标和承诺只列他们负责的；这里没有措施的问题，可能由别的部门负责。效果的判断与总报告相同。"
    figures = {"出现频次之和": f"{n:,}"}
    if total:
        words += f"总报告共 {total:,} 个问题，这里占 {number(n / total, 'share')}。"
        figures |= {"总报告的出现频次之和": f"{total:,}", "这里占": number(n / total, "share")}
    told = cited.made(schema.CATEGORY_STATS, figures, "n")
    return text([cited.said(words, told), rest], tone="warn" if n < FEW else "info")
