"""What an operation log says of a system, in sentences: who uses it, what fails, slows or lies idle."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pandas as pd

from voc_lib import schema
from voc_lib.intervals import ratio
from voc_lib.period import Period
from voc_lib.report import cited
from voc_lib.report.basis import Basis
from voc_lib.report.narrative import TextView, text
from voc_lib.report.tables import number, share_interval
from voc_lib.usage.functions import NEVER, NOT_NOW, RARE
from voc_lib.usage.saying import AGREES, ONE, UNSAID, WIDE

FEW = 5  # employees: of a smaller group nothing is said
SHOWN = 5
FIELDS = 3
NOBODY = "报告期内的日志没有一条操作，看不出使用情况。"


def usage(tables: dict[str, pd.DataFrame]) -> TextView:
    """What opens the report; `tables` by their names of schema (usage_adoption, usage_functions, …)."""
    functions = tables["usage_functions"]
    if not functions["visits"].sum():
        return text([NOBODY], tone="warn")
    items = [
        *_adopted(tables["usage_adoption"]),
        *_unused(functions),
        *_left(tables["usage_flows"]),
        *_slow(tables["usage_speed"]),
        *_failing(tables["usage_errors"]),
        *_agreed(tables["usage_said"]),
        *_empty(tables["usage_fields"]),
        *_silent(tables["usage_silence"]),
    ]
    return text([], items=items, tone="warn")


def use_in_short(read: Callable[[str], pd.DataFrame]) -> TextView | None:
    """What a summary says of the use of a system; None without a log. `read` gives a table by its name."""
    functions = read("usage_functions")
    if functions.empty:
        return None
    if not functions["visits"].sum():
        return text([NOBODY], tone="warn")
    items = [
        *_adopted(read("usage_adoption")),
        *_unused(functions),
        *_left(read("usage_flows")),
        *_slow(read("usage_speed")),
        *_failing(read("usage_errors")),
        *_silent(read("usage_silence")),
    ]
    return text(["操作日志里看得出的，详见《系统使用分析报告》："], items=items, tone="warn")


def usage_ledger(reads: pd.DataFrame) -> TextView:
    """Lines read, kept and set aside of the log, and why."""
    log = reads[reads["in_period"].notna()]
    read, kept, gone, now = (int(log[c].sum()) for c in ("read", "kept", "quarantined", "in_period"))
    words = f"操作日志读入 {read:,} 行 = 保留 {kept:,} + 隔离 {gone:,}；保留的里有 {now:,} 行在报告期内。"
    told = {"读入之和": f"{read:,}", "保留之和": f"{kept:,}", "隔离之和": f"{gone:,}", "报告期内": f"{now:,}"}
    rest = cited.made(schema.USAGE_READS, told, "read", "kept", "quarantined", "in_period")
    return text([words], tone="info" if read == kept + gone else "bad", of=[rest])


def _adopted(adoption: pd.DataFrame) -> Iterator[str]:
    if adoption.empty:
        return
    last = adoption[adoption["month"] == adoption["month"].max()]
    whole = last[last["dimension"] == "全体"].iloc[0]
    share = share_interval(whole["share"], whole["low"], whole["high"])
    month = Period.parse(whole["month"]).title
    words = f"在职员工 {whole['employees']:,} 人中，{month}有 {whole['active']:,} 人用过系统，"
    words += f"使用率 {share}。"
    yield cited.said(words, cited.row(schema.USAGE_ADOPTION, whole))
    groups = last[(last["dimension"] != "全体") & (last["employees"] >= FEW)]
    never = groups[groups["ever"] == 0]
    if len(never):
        named = "、".join(f"{r['group']}（{r['employees']} 人）" for r in never.to_dict("records"))
        rest = cited.rows(schema.USAGE_ADOPTION, never)
        yield cited.said(f"从未有人用过系统的{_of(never)}：{named}。", *rest)
    low = groups[(groups["ever"] > 0) & (groups["high"] < whole["low"])]
    if len(low):
        named = "、".join(f"{r['group']} {number(r['share'], 'share')}" for r in low.to_dict("records"))
        rest = cited.rows(schema.USAGE_ADOPTION, low)
        yield cited.said(f"使用率明显低于全体的{_of(low)}：{named}。", *rest)


def _names(names: pd.Series) -> str:
    """Names of the data, quoted: no words of the house to be said otherwise."""
    return "、".join(f"“{name}”" for name in names)


def _renamed(rows: pd.DataFrame) -> str:
    """Functions by name, with the one each seems to be called now."""
    pairs = zip(rows["function"], rows["successor"], strict=True)
    return "、".join(f"“{name}”" + (f"（像是改名为“{now}”）" if pd.notna(now) else "") for name, now in pairs)


def _of(groups: pd.DataFrame) -> str:
    return "与".join(dict.fromkeys(groups["dimension"]))


def _unused(functions: pd.DataFrame) -> Iterator[str]:
    listed = functions[functions["listed"].fillna(False)]
    for state, words in ((NEVER, "日志里从未有人用过"), (NOT_NOW, "本期没有人用过"), (RARE, "很少人用")):
        rows = (listed if state == NEVER else functions).query("state == @state")
        if len(rows):
            told = f"{words}的功能 {len(rows)} 个：{_renamed(rows.head(SHOWN))}。"
            yield cited.said(told, cited.counted(schema.USAGE_FUNCTIONS, functions, "state"))


def _left(flows: pd.DataFrame) -> Iterator[str]:
    for flow, rows in flows.groupby("flow", sort=False):
        first, last = rows.iloc[0], rows.iloc[-1]
        words = f"流程“{flow}”：{first['sessions']:,} 次会话进入，{last['sessions']:,} 次走完"
        for row in rows[rows["worst"].fillna(False)].to_dict("records"):
            share = share_interval(row["drop_share"], row["low"], row["high"])
            words += f"；离开率最高的是第 {row['number']} 步“{row['step']}”，到这一步的 {share} 没有再往下走"
        yield cited.said(f"{words}。", *cited.rows(schema.USAGE_FLOWS, rows))


def _slow(speed: pd.DataFrame) -> Iterator[str]:
    for row in speed[speed["slow_at_end"].fillna(False)].to_dict("records"):
        end, other = (number(row[c] / 1_000, "float", "秒") for c in ("p95_end", "p95_other"))
        words = (
            f"“{row['function']}”在月底明显变慢：95% 的操作在 {end}内完成，平日为 {other}"
            f"（{number(row['ratio'], 'times')}；按天比较 {row['days_end']} 天对 {row['days_other']} 天，"
            "超出误差范围）。"
        )
        seconds = cited.made(schema.USAGE_SPEED, {"月底 95 分位": end, "平日 95 分位": other}, "p95_end")
        yield cited.said(words, cited.row(schema.USAGE_SPEED, row), seconds)


def _failing(errors: pd.DataFrame) -> Iterator[str]:
    for row in errors[errors["hot"].fillna(False)].head(SHOWN).to_dict("records"):
        share = share_interval(row["rate"], row["low"], row["high"])
        words = (
            f"“{row['function']}”的“{row['error']}”突出：{row['n']:,} 次，占该功能操作的 {share}，"
            f"涉及 {row['users']} 人；全部功能的报错率为 {number(row['overall'], 'share')}。"
        )
        yield cited.said(words, cited.row(schema.USAGE_ERRORS, row))


def _agreed(said: pd.DataFrame) -> Iterator[str]:
    wide = said[(said["scope"] == WIDE) & (said["verdict"] == AGREES)]
    for row in wide.head(SHOWN).to_dict("records"):
        needs = f"、需求 {row['needs']} 次" if row["needs"] else ""
        words = (
            f"“{row['function']}”：{row['departments']} 个部门的 {row['speakers']} 名员工提到，"
            f"抱怨 {row['complaints']} 次{needs}，"
            f"日志印证（{row['signs']}）。"
        )
        yield cited.said(words, cited.row(schema.USAGE_SAID, row), _signs(row["signs"]))
    if len(habit := said[said["scope"] == ONE]):
        yield f"只有一个人反复提到、日志没有印证普遍性的：{_names(habit['function'])}。"
    if len(quiet := said[said["verdict"] == UNSAID]):
        yield f"没有人抱怨、日志却有异常的功能：{_names(quiet['function'])}。"


def _signs(words: object) -> Basis:
    """What the log shows of a function, word for word."""
    return cited.made(schema.USAGE_SAID, {schema.USAGE_SAID.labels["signs"]: str(words)}, "signs")


def _empty(fields: pd.DataFrame) -> Iterator[str]:
    for name, rows in fields.groupby("records", sort=True, observed=True):
        whole = rows[rows["dimension"] == "全体"].sort_values(["share", "field"])
        n, filled = int(whole["n"].iloc[0]), ratio(whole["filled"].sum(), whole["n"].sum())
        lacking = whole[whole["share"] < 1].head(FIELDS)
        told = "、".join(f"“{r['field']}” {number(r['share'], 'share')}" for r in lacking.to_dict("records"))
        words = f"“{name}” {n:,} 条，字段平均填了 {number(float(filled), 'share')}"
        made = {"各字段已填之和 ÷ 记录数之和": number(float(filled), "share"), "记录数": f"{n:,}"}
        least = cited.rows(schema.USAGE_FIELDS, lacking)
        rest = [cited.made(schema.USAGE_FIELDS, made, "filled", "n"), *least]
        yield cited.said(f"{words}{f'；填得最少的是 {told}' if told else ''}。", *rest)
        behind = rows[rows["behind"].fillna(False)].sort_values(["share", "field", "group"])
        places = "“" + behind["group"].astype("str") + "”的“" + behind["field"].astype("str") + "”"
        shares = [
            f"{place}（{number(share, 'share')}）"
            for place, share in zip(places, behind["share"], strict=True)
        ]
        if shares:
            words = f"“{name}”里明显比其他部门填得少的：{'、'.join(shares[:FIELDS])}。"
            yield cited.said(words, *cited.rows(schema.USAGE_FIELDS, behind.head(FIELDS)))


def _silent(silence: pd.DataFrame) -> Iterator[str]:
    whole = silence[silence["dimension"] == "全体"]
    for row in whole[whole["neither"] > 0].to_dict("records"):
        share = share_interval(row["share"], row["low"], row["high"])
        groups = silence[(silence["dimension"] == "部门") & (silence["neither"] > 0)]
        most = groups.sort_values(["neither", "group"], ascending=[False, True]).head(1)
        named = "".join(f"，{r['group']}最多（{r['neither']} 人）" for r in most.to_dict("records"))
        words = f"{row['neither']:,} 名员工既不用系统也没有说过话，占 {share}{named}。"
        rest = [cited.row(schema.USAGE_SILENCE, row), *cited.rows(schema.USAGE_SILENCE, most)]
        yield cited.said(words, *rest)
