"""Which classes of cause those who work with a system name, in sentences."""

from __future__ import annotations

import pandas as pd

from voc_lib import schema
from voc_lib.report import cited
from voc_lib.report.basis import Said
from voc_lib.report.narrative import TextView, text
from voc_lib.report.tables import number
from voc_lib.rootcause.classes import ALL
from voc_lib.schema.words import NO_CAUSE_CLASS
from voc_lib.stats.rates import HIGHER
from voc_lib.tag.taxonomy import OTHER


def cause_classes(table: pd.DataFrame) -> TextView | None:
    """Which class of cause employees name most for each problem; schema.CAUSE_CLASS_STATS in."""
    if table.empty:
        return None
    known = table[table["cause_class"] != NO_CAUSE_CLASS]
    n, guessed = int(table["n"].sum()), int(table["inferred"].sum())
    told = (known["n"].sum() - guessed) / n
    rest = f"另 {guessed} 件按所属维度推定，其余未判明" if guessed else "其余未判明"
    lead = f"{n} 件问题里，{number(told, 'share')} 的话说出了原因类别，{rest}。"
    items: list[str | Said] = [
        cited.said(
            f"{row['problem']}：{row['cause_class']}最多，{row['n']} 件，占 {number(row['share'], 'share')}",
            cited.row(schema.CAUSE_CLASS_STATS, row),
        )
        for _, row in known.drop_duplicates("problem").iterrows()
        if row["problem"] != OTHER
    ]
    return text([lead], items=items, of=[cited.whole(schema.CAUSE_CLASS_STATS)])


def cause_shares(table: pd.DataFrame) -> TextView | None:
    """Which class of cause is named most, with its words, and who names one more than the others do.

    schema.CAUSE_SHARES in.
    """
    if table.empty:
        return None
    whole = table[table["dimension"] == ALL].sort_values("n", ascending=False, kind="stable")
    known = whole[(whole["cause_class"] != NO_CAUSE_CLASS) & (whole["n"] > 0)]
    silent = whole[whole["cause_class"] == NO_CAUSE_CLASS].iloc[0]
    if known.empty:
        return text(
            [f"{silent['base']} 件问题都没有说出原因类别。"], of=[cited.row(schema.CAUSE_SHARES, silent)]
        )
    first = known.iloc[0]
    share = number(first["share"], "share")
    lead = (
        f"{first['cause_class']}说得最多：{first['base']} 件问题里 {first['n']} 件，占 {share}"
        f"（“{first['words']}”）；{silent['n']} 件看不出原因类别。"
    )
    more = table[table["claim"].eq(HIGHER).fillna(False)].sort_values("p_adjusted", kind="stable")
    items: list[str | Said] = [_more(row) for _, row in more.iterrows()]
    items = items or ["各类问题、各部门、各岗位之间没有看得出的差别"]
    rest = [cited.row(schema.CAUSE_SHARES, row) for row in (first, silent)]
    return text([cited.said(lead, *rest)], items=items, of=[cited.whole(schema.CAUSE_SHARES)])


def _more(row: pd.Series) -> Said:
    share = number(row["share"], "share")
    told = f"{row['dimension']}“{row['group']}”：{row['cause_class']}明显多于其余，{row['n']} 件，占 {share}"
    words = f"（“{row['words']}”）" if isinstance(row["words"], str) else ""
    return cited.said(told + words, cited.row(schema.CAUSE_SHARES, row))
