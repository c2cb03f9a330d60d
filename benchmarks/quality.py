"""How right tagging and sentiment are on public labelled data: prints two tables of docs/quality.md.

Reads `../shared/data` (not part of the project) and says so where it is absent. Every figure has its seed and
a 95 % bootstrap interval over test rows.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import packs
import pandas as pd

from voc_lib import tag
from voc_lib.sample.shop import Shop
from voc_lib.tag import agreement, feeling, learn, rules
from voc_lib.text.sentiment import sentiment

ROOT = Path(__file__).parents[1]
DATA = ROOT / "../shared/data"
SEED = 20260901
SPLITS = 5

Row = tuple[str, str, float, float, float, int, float | None]


def main() -> None:
    """Measure everything and print it."""
    if not DATA.exists():
        sys.exit("../shared/data is absent: nothing measured.")
    print(_table([*messages(), *cars(), *feelings(), *intents()]))
    print(f"\n{government_table()}")


def messages() -> list[Row]:
    """Citizen messages in 7 official classes: rules alone, and learned from one half for the other."""
    texts, truth = citizen_messages()
    pack = tag.load("government")
    ruled = by_rules(texts, pack)
    rows = [_row("市民留言 7 类，规则", "macro-F1", truth, ruled, "macro_f1", 0.60)]
    found = []
    for split in range(SPLITS):
        test = halves(truth, SEED + split)
        model = learn.fit(texts[~test], truth[~test], taxonomy=pack, seed=SEED)
        predicted = learn.predict(model, texts[test])["primary_tag"]
        found.append(_row("市民留言 7 类，一半学习", "macro-F1", truth[test], predicted, "macro_f1", 0.85))
    rows.append(_mean(found))
    return rows


def government_table() -> str:
    """Per class precision and recall of the rules alone."""
    texts, truth = citizen_messages()
    table = agreement.scores(truth, by_rules(texts, tag.load("government")))
    table = table[table["n_true"] > 0]
    lines = ["| 类 | 条数 | 精确率（95% 区间） | 召回率（95% 区间） | F1 |", "|---|---|---|---|---|"]
    for r in table.itertuples():
        precision = f"{r.precision:.2f}（{r.p_low:.2f}–{r.p_high:.2f}）"
        recall = f"{r.recall:.2f}（{r.r_low:.2f}–{r.r_high:.2f}）"
        lines.append(f"| {r.tag} | {r.n_true} | {precision} | {recall} | {r.f1:.2f} |")
    return "\n".join(lines)


def cars() -> list[Row]:
    """Car opinions with several of 10 subjects each, learned from one half."""
    frame = pd.read_csv(DATA / "ccf_bdci2018_car/train_2.csv")
    groups = frame.groupby("content_id", sort=True)
    texts = groups["content"].first().reset_index(drop=True).astype("str")
    subjects = groups["subject"].agg(lambda s: "；".join(sorted(set(s)))).reset_index(drop=True).astype("str")
    test = halves(subjects, SEED, stratified=False)
    model = learn.fit(texts[~test], subjects[~test], seed=SEED)
    given = learn.predict(model, texts[test])["tags"]
    return [_row("汽车观点 10 主题（多标签），一半学习", "micro-F1", subjects[test], given, "micro_f1", 0.70)]


def feelings() -> list[Row]:
    """Sentiment of shop and takeaway reviews: lexicon; learned from 5,000; learned elsewhere."""
    folder = DATA / "chinese_nlp_corpus"
    shops = pd.read_csv(folder / "online_shopping_10_cats.csv").dropna(subset=["review"])
    food = pd.read_csv(folder / "waimai_10k.csv").dropna(subset=["review"])
    both = pd.concat([shops.assign(domain="shop"), food.assign(domain="food")], ignore_index=True)
    both = both.drop_duplicates("review", ignore_index=True)
    texts, good = both["review"].astype("str"), both["label"] == 1
    words = sentiment(texts)
    lexicon, said = words > 0, words != 0
    some = np.zeros(len(both), dtype=bool)
    some[np.random.default_rng(SEED).permutation(len(both))[:5000]] = True
    taught = feeling.predict(_taught(texts[some], good[some]), texts[~some]) > 0
    takeaway = (both["domain"] == "food").to_numpy()
    elsewhere = feeling.predict(_taught(texts[~takeaway], good[~takeaway]), texts[takeaway]) > 0
    named = {True: "好", False: "差"}
    where = ("全部", said, 0.80), ("网购", said & ~takeaway, None), ("外卖", said & takeaway, None)
    cases = [
        *((f"情感，词典有话处，{name}", good[rows], lexicon[rows], goal) for name, rows, goal in where),
        ("情感，5,000 条学习", good[~some], taught, 0.90),
        ("情感，跨领域：网购 → 外卖", good[takeaway], elsewhere, 0.85),
    ]
    return [
        _row(name, "accuracy", truth.map(named), given.map(named), "accuracy", goal)
        for name, truth, given, goal in cases
    ]


def intents() -> list[Row]:
    """Intents of the sample shop's texts, whose truth is planted; how often reviews come out as praise."""
    voices, _ = Shop.open(SEED).voices()
    wanted = pd.Series([voice.intent for voice in voices], dtype="str")
    rows = [
        _row(
            "诉求类别 4 类，示例店铺",
            "accuracy",
            wanted,
            _intent_of([v.text for v in voices]),
            "accuracy",
            None,
        )
    ]
    folder = DATA / "chinese_nlp_corpus"
    for name, file in (("外卖", "waimai_10k.csv"), ("网购", "online_shopping_10_cats.csv")):
        reviews = pd.read_csv(folder / file).dropna(subset=["review"])
        praise = (_intent_of(reviews["review"].tolist()) == "表扬").map({True: "表扬", False: "不是表扬"})
        for label, words, truth in ((0, f"{name}差评不算表扬", "不是表扬"), (1, f"{name}好评算表扬", "表扬")):
            given = praise[(reviews["label"] == label).to_numpy()].reset_index(drop=True)
            rows.append(_row(words, "accuracy", pd.Series(truth, given.index), given, "accuracy", None))
    return rows


def _intent_of(texts: list[str]) -> pd.Series:
    """The intent `tag.label` gives, without scores."""
    return packs.labelled(pd.Series(texts, dtype="str"), tag.load("ecommerce"))["intent"]


def citizen_messages() -> tuple[pd.Series, pd.Series]:
    """Topic and text of each message, and its official class."""
    folder = DATA / "tipdm2020c_gov_messages"
    frame = pd.read_excel(folder / "参赛队结果_分类结果.xlsx", engine="calamine")
    texts = frame["留言主题"].astype("str").str.strip() + "。" + frame["留言详情"].astype("str").str.strip()
    return texts.astype("str"), frame["一级标签"].astype("str")


def by_rules(texts: pd.Series, taxonomy: tag.Taxonomy) -> pd.Series:
    """The primary tag the rules give."""
    feedback = pd.DataFrame({"feedback_id": texts.index.astype("str"), "text": texts})
    return rules.decide(rules.votes(feedback, taxonomy), feedback, taxonomy)[0]["primary_tag"]


def halves(labels: pd.Series, seed: int, *, stratified: bool = True) -> np.ndarray:
    """Which rows are for testing: one half, of every class where stratified."""
    rng = np.random.default_rng(seed)
    order = pd.Series(rng.permutation(len(labels)), index=labels.index)
    if not stratified:
        return (order % 2 == 0).to_numpy()
    return (order.groupby(labels).rank(method="first") % 2 == 0).to_numpy()


def _taught(texts: pd.Series, good: pd.Series) -> feeling.Classifier:
    return feeling.fit(texts, good.astype("float64") * 2 - 1, seed=SEED)


def _row(name: str, measure: str, truth: pd.Series, given: pd.Series, key: str, goal: float | None) -> Row:
    draws = 500 if len(truth) < 5000 else 100
    line = agreement.summary(truth, given, seed=SEED, draws=draws).set_index("measure").loc[key]
    return name, measure, line["value"], line["low"], line["high"], int(line["n"]), goal


def _mean(rows: list[Row]) -> Row:
    """The mean over splits, with the mean of the interval's ends."""
    value, low, high = (float(np.mean([row[i] for row in rows])) for i in (2, 3, 4))
    name, measure, *_, n, goal = rows[0]
    return f"{name}（{len(rows)} 次划分平均）", measure, value, low, high, n, goal


def _table(rows: list[Row]) -> str:
    lines = ["| 任务 | 指标 | 数值 | 95% 区间 | 测试条数 | 目标 |", "|---|---|---|---|---|---|"]
    for name, measure, value, low, high, n, goal in rows:
        wanted = f"≥ {goal:.2f}" if goal else "—"
        lines.append(f"| {name} | {measure} | {value:.3f} | {low:.3f}–{high:.3f} | {n:,} | {wanted} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
