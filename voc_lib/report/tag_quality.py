"""How right tags and sentiment are, in sentences: measured figures with their base, or “unknown”."""

from __future__ import annotations

import pandas as pd

from voc_lib import intervals, schema
from voc_lib.period import Period
from voc_lib.report import tables
from voc_lib.report.narrative import TextView, text
from voc_lib.report.tables import TableView, number
from voc_lib.schema import Column, Table
from voc_lib.stats import raised
from voc_lib.tag import discovery
from voc_lib.tag.feeling import Taught
from voc_lib.tag.learn import FLOOR, WORTH_TRYING, Gain
from voc_lib.tag.taxonomy import OTHER

WHOLE = "全部"
FEW = 100  # below so many rows coded blind the figures are rough


def accuracy(table: pd.DataFrame, corrected: pd.DataFrame, *, lost: str = "") -> TextView:
    """How right the primary tags are; schema.TAG_QUALITY and the corrections in force in.

    `lost` tells of corrections whose feedback is gone (`step.lost`).
    """
    whole = _whole(table)
    n = 0 if whole is None or pd.isna(whole["gold_n"]) else int(whole["gold_n"])
    lead = _unknown() if whole is None or not n else _known(whole, n)
    items = [] if whole is None else [*_moved(table), *_coders(whole), *_system(whole)]
    done = int(corrected["tags"].notna().sum())
    if done:
        items.append(
            f"登记库中有 {done:,} 条标签更正已生效；它们挑的是拿不准的反馈，不能代表全部，不用来算准确率"
        )
    if lost:
        items.append(lost.removesuffix("。"))
    return text([lead], items=items, tone="info" if n and not lost else "warn")


def _whole(table: pd.DataFrame) -> pd.Series | None:
    rows = table[table["tag"] == WHOLE]
    return None if rows.empty else rows.iloc[0]


def _unknown() -> str:
    return (
        "标签的准确率未知：还没有由人独立标注的随机样本。"
        "分析师抽一份样本盲标并导入后，这里给出准确率和校正后的占比。"
    )


def _known(whole: pd.Series, n: int) -> str:
    rough = "；样本少，只能看个大概" if n < FEW else ""
    value = _interval(whole, "precision")
    return (
        f"由人独立标注的随机样本 {n:,} 条（按标签分层抽取、按抽样权重计），"
        f"机器打的主标签准确率为 {value}{rough}。各标签见下表。"
    )


def line(table: pd.DataFrame) -> str:
    """One sentence for a page that uses the tags: their accuracy, or where it says how to measure it."""
    whole = _whole(table)
    if whole is None or pd.isna(whole["precision"]):
        return "打标准确率未知：尚无独立标注的随机样本（做法见第 3 步“标签有多准”）。"
    about = f"n={int(whole['gold_n']):,}，括号内为 95% 区间"
    return f"打标准确率 {_interval(whole, 'precision')}，{about}；各标签的精确率、召回率见第 3 步“标签质量”。"


def over_time(drift: pd.DataFrame) -> TableView:
    """schema.TAG_DRIFT for paper: accuracy and agreement by the period of the sample."""
    frame = drift[["period", "gold_n", "coded_n"]].assign(
        accuracy=[_interval(row, "accuracy") for _, row in drift.iterrows()],
        machine=[_score(row, "machine_kappa", "machine") for _, row in drift.iterrows()],
        machine_alpha=drift["machine_alpha"],
        coders=[_score(row, "kappa", "kappa") for _, row in drift.iterrows()],
        alpha=drift["alpha"],
    )
    own = {"accuracy": "主标签准确率", "machine": "人与机器 κ", "coders": "两位标注人 κ"}
    names = ["period", "gold_n", "accuracy", "machine", "machine_alpha", "coded_n", "coders", "alpha"]
    known = {column.name: column for column in schema.TAG_DRIFT.columns}
    columns = tuple(Column(name, "text", own[name]) if name in own else known[name] for name in names)
    note = "各期样本都与现在的规则比；括号内为 95% 区间。κ、α 只用独立标注的回答。"
    return tables.table(frame, Table("tag_drift", schema.TAG_DRIFT.title, columns), notes=[note])


def _score(row: pd.Series, name: str, stem: str) -> str:
    if pd.isna(row[name]):
        return "—"
    value, low, high = (number(row[n], "score") for n in (name, f"{stem}_low", f"{stem}_high"))
    return f"{value}（{low}–{high}）"


def _moved(table: pd.DataFrame) -> list[str]:
    """Tags whose share lies outside the interval of the corrected one."""
    rows = table[(table["tag"] != WHOLE) & table["corrected"].notna()]
    off = rows[(rows["share"] < rows["corrected_low"]) | (rows["share"] > rows["corrected_high"])]
    if rows.empty:
        return []
    if off.empty:
        return ["各标签的占比都在扣除打标误差后的 95% 区间内"]
    return [
        f"{row['tag']}的占比 {number(row['share'], 'share')} "
        f"{'高估' if row['share'] > row['corrected_high'] else '低估'}了："
        f"扣除打标误差后为 {_interval(row, 'corrected')}"
        for _, row in off.iterrows()
    ]


def _coders(whole: pd.Series) -> list[str]:
    if pd.isna(whole["kappa"]):
        return []
    bounds = f"{number(whole['kappa_low'], 'score')}–{number(whole['kappa_high'], 'score')}"
    return [
        f"两位标注人都标过 {int(whole['coded_n']):,} 条，一致性 Cohen κ = {number(whole['kappa'], 'score')}"
        f"（95% 区间 {bounds}），全体标注人 Krippendorff α = {number(whole['alpha'], 'score')}"
    ]


def _system(whole: pd.Series) -> list[str]:
    if pd.isna(whole["given_share"]):
        return []
    return [
        f"{int(whole['given_n']):,} 条历史反馈带有系统原分类，规则不看原分类时与它一致 "
        f"{_interval(whole, 'given_share', 'given')}；原分类本身也会错，这不是准确率"
    ]


def _interval(row: pd.Series, name: str, stem: str = "") -> str:
    """“93.0%（88.1%–95.9%）” of a row's value and the bounds named after `stem`; “—” when it is missing."""
    low, high = (row[f"{stem or name}_{end}"] for end in ("low", "high"))
    return tables.share_interval(row[name], low, high)


MEASURES = {
    "corrected": "校正后占比",
    "precision": "精确率",
    "recall": "召回率",
    "given_share": "与原分类一致（非准确率）",
}


def table(quality: pd.DataFrame) -> TableView:
    """schema.TAG_QUALITY for paper: each figure with its interval, tags that have problems, columns measured.

    What only the source system says stands there as long as nobody has measured.
    """
    quiet = int((quality["n"] == 0).sum())
    quality = quality[quality["n"] > 0]
    measured = quality["precision"].notna().any()
    frame, columns = quality[["tag", "n", "share"]], list(schema.TAG_QUALITY.columns[:3])
    for name, label in MEASURES.items():
        if quality[name].notna().any() and not (measured and name == "given_share"):
            stem = name.removesuffix("_share")
            cells = [_interval(row, name, stem) for _, row in quality.iterrows()]
            frame = frame.assign(**{name: pd.Series(cells, index=frame.index, dtype="str")})
            columns.append(Column(name, "text", label))
    spec = Table("tag_quality", schema.TAG_QUALITY.title, tuple(columns))
    notes = ["括号内为 95% 区间；“全部”一行的精确率和召回率都等于准确率。"] if "precision" in frame else []
    notes += [f"另有 {quiet} 个标签本期没有问题，见 Excel。"] if quiet else []
    return tables.table(
        frame, spec, notes=[*notes, "样本量、F1、κ、α、与系统原分类的一致率和全部上下限见 Excel“标签质量”。"]
    )


def sentiment(found: pd.DataFrame) -> TextView:
    """How far the words' sentiment can be trusted; `tag.feeling.accuracy` in."""
    by_group = found.set_index("group")
    whole = by_group.loc[WHOLE]
    if not whole["spoken"]:
        return text(["没有同时带满意度评分和情感字词的反馈，文字情感的准确率未知。"], tone="warn")
    low, high = (number(whole[end], "share") for end in ("low", "high"))
    scored, spoken = number(whole["scored"], "int"), number(whole["spoken"], "int")
    lead = (
        f"满意度 1–2 分与 4–5 分的反馈共 {scored} 条，{spoken} 条有情感字词，"
        f"其中文字倾向与客户自己的评分一致的占 {number(whole['share'], 'share')}（{low}–{high}）；"
        "没有情感字词的记为未知（中性），不算对也不算错。"
    )
    items = [
        f"{name}反馈 {int(row['spoken']):,} 条：文字也{lean}的占 {number(row['share'], 'share')}"
        for name, lean in (("低分", "偏负面"), ("高分", "偏正面"))
        if (row := by_group.loc[name])["spoken"]
    ]
    return text([lead], items=[*items, "有评分时情感倾向取评分，没有评分时才取文字"])


def taught(learned: Taught | None) -> TextView:
    """What the team's own scores taught, in silence and where words speak; `tag.feeling.taught` in."""
    if learned is None:
        return text(["带明确评分的反馈太少，没有情感字词的反馈情感倾向记为 0（中性）。"])
    low, high, share = (number(value, "share") for value in (learned.low, learned.high, learned.share))
    use = "用它判断" if learned.useful else "不用它判断，记为 0（中性）"
    return text(
        [
            f"没有情感字词、也没有评分的反馈：从本单位自己的评分学出的模型，在没有情感字词的 {learned.n:,} 条"
            f"有评分反馈上交叉验证，与评分一致的占 {share}（{low}–{high}）；{use}。"
        ],
        items=_spoken(learned),
    )


def _spoken(learned: Taught) -> list[str]:
    """Who decides where words of feeling speak, and what of them and of the model agrees with scores."""
    if not learned.spoken:
        return []
    words, both = (number(value, "share") for value in (learned.by_words, learned.by_model))
    use = "没有评分的反馈都由模型判断" if learned.decides else "模型没有明显更准，仍由字词判断"
    return [f"有情感字词的 {learned.spoken:,} 条：字词与评分一致的占 {words}，模型（交叉验证）{both}；{use}"]


def model(gain: Gain | None, *, used: bool) -> TextView:
    """What the learned tagger adds, and whether to switch it on; `tag.learn.gain` in."""
    state = "已开启（use_model）" if used else "未开启"
    if gain is None:
        return text(
            [
                f"学习标签的模型{state}；可学习的标注（系统原分类和人工更正）不足 {WORTH_TRYING} 条"
                "或不足 2 个标签，无法验证它有没有用。"
            ],
            tone="warn" if used else "info",
        )
    points = [number(100 * value, "points") for value in (gain.both - gain.rules, gain.low, gain.high)]
    lead = (
        f"学习标签的模型{state}。用 {gain.rows:,} 条带标注的反馈（系统原分类与人工更正，"
        f"{len(gain.names)} 个标签）交叉验证：只用规则，主标签与标注一致 {number(gain.rules, 'share')}；"
        f"规则加模型 {number(gain.both, 'share')}，变化 {points[0]} 个百分点"
        f"（95% 区间 {points[1]} 至 {points[2]}）。"
    )
    return text(
        [lead], items=[_advice(gain), _caution(gain)], tone="warn" if used and gain.low <= 0 else "info"
    )


def _advice(gain: Gain) -> str:
    if gain.low > 0:
        return "提高超出误差范围，值得开启模型"
    if gain.high < 0:
        return "模型使一致率下降，不要开启"
    return "变化在误差范围内，看不出模型有用，建议只用规则"


def _caution(gain: Gain) -> str:
    heard = number(gain.answered, "share")
    return (
        f"模型只在把握不低于 {FLOOR:.0%} 时作答（{heard} 的反馈）；"
        "标注多来自系统原分类时，比的是与原分类的一致"
    )


def other(issues: pd.DataFrame, period: Period) -> TextView:
    """How much falls to 其他 and whether that grew; schema.ISSUES in."""
    now, before = (raised.problems(issues, span) for span in (period, period.previous()))
    if now.empty:
        return text([f"{period.title}没有问题反馈。"], tone="warn")
    hits, hits_before = (int((rows["primary_tag"] == OTHER).sum()) for rows in (now, before))
    share, low, high = (float(value) for value in intervals.wilson(hits, len(now)))
    percents = [number(value, "share") for value in (share, low, high)]
    lead = f"“其他”{hits:,} 条，占 {len(now):,} 个问题的 {percents[0]}（{percents[1]}–{percents[2]}）"
    if before.empty:
        return text([f"{lead}；上期没有可比数据。"])
    change = [100 * float(value) for value in intervals.newcombe(hits, len(now), hits_before, len(before))]
    points = [number(value, "points") for value in change]
    grown = change[1] > 0
    verdict = (
        "标签体系正在变旧，请看新词候选" if grown else "下降超出误差范围" if change[2] < 0 else "在误差范围内"
    )
    lead += f"；上期 {number(hits_before / len(before), 'share')}，变化 {points[0]} 个百分点"
    return text(
        [f"{lead}（95% 区间 {points[1]} 至 {points[2]}），{verdict}。"], tone="warn" if grown else "info"
    )


def new_words(found: pd.DataFrame, *, top: int = 10) -> TextView:
    """What 其他 keeps saying, ready to be pasted into the taxonomy; schema.NEW_WORDS in."""
    if found.empty:
        return text(["“其他”里没有反复出现的新说法。"], tone="good")
    rows = found.head(top)
    items = [
        f"{row['term']}：{int(row['n'])} 条，例如“{_short(row['example'])}”"
        for row in rows.to_dict("records")
    ]
    piece = discovery.as_yaml(rows["term"], discovery.PLACEHOLDER).strip()
    paste = f"归入某个标签：删去不合适的词、改好标签名，粘贴到标签体系的 tags 下：{piece}"
    return text([f"“其他”里反复出现、没有规则认识的说法（前 {len(rows)} 个）："], items=[*items, paste])


def _short(words: object, most: int = 36) -> str:
    said = str(words)
    return said if len(said) <= most else f"{said[:most]}…"


def rules(found: pd.DataFrame) -> TextView:
    """How many rules hit nothing, and which clash most with other tags; schema.RULE_CHECK in."""
    if found.empty:
        return text(["标签体系里没有规则。"], tone="warn")
    silent = int((found["hits"] == 0).sum())
    clash = found[found["conflict"] > 0].sort_values(
        ["conflict", "tag", "rule"], ascending=[False, True, True]
    )
    items = [
        f"{row['tag']}的规则“{_short(row['rule'])}”命中 {int(row['hits'])} 条，"
        f"其中 {int(row['conflict'])} 条同时命中别的标签"
        for row in clash.head(3).to_dict("records")
    ]
    return text([f"{len(found):,} 条规则中 {silent:,} 条本期没有命中；全部见 Excel“规则体检”。"], items=items)
