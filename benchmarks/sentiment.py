"""What a team's own scores add to the words of the lexicon, on public reviews with a mark or a score.

    python benchmarks/sentiment.py

Cross-validated as step 3 does it (`feeling.taught`); a review of which the lexicon says nothing is unknown,
never bad. Says so and stops where the public data is not beside the project.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from voc_lib.tag import feeling

DATA = Path(__file__).parents[1] / "../shared/data"
SEED = 20260901
HEAD = "| 评价 | 有评分 | 有情感字词 | 其中字词对 | 其中模型对 | 由谁判断 | 没有字词 | 其中模型对 |"


def sets() -> Iterator[tuple[str, pd.DataFrame]]:
    """Reviews by what they are about, each with a satisfaction of 1–5."""
    folder = DATA / "chinese_nlp_corpus"
    shops = pd.read_csv(folder / "online_shopping_10_cats.csv").dropna(subset=["review"])
    for name, rows in shops.groupby("cat", sort=True):
        yield str(name), _scored(rows["review"], 1 + 4 * rows["label"])
    food = pd.read_csv(folder / "waimai_10k.csv").dropna(subset=["review"])
    yield "外卖", _scored(food["review"], 1 + 4 * food["label"])
    stays = pd.read_csv(DATA / "hotel_ctrip_ayala" / "comments.csv").dropna(subset=["评论"])
    yield "酒店（携程，1–5 分）", _scored(stays["评论"], stays["评分"].round().clip(1, 5))


def _scored(texts: pd.Series, csat: pd.Series) -> pd.DataFrame:
    rows = pd.DataFrame({"text": texts.astype("str"), "csat": csat.astype("float64"), "nps": np.nan})
    rows = rows.drop_duplicates("text", ignore_index=True)
    return rows.assign(feedback_id=rows.index.astype("str"), created_at=pd.Timestamp("2026-09-01"))


def line(name: str, rows: pd.DataFrame) -> str:
    """One line of the table."""
    found = feeling.taught(rows, seed=SEED)
    if found is None:
        return f"| {name} | 评分太少 | | | | 字词 | | |"
    who = "模型" if found.decides else "字词"
    said = f"{found.spoken:,} | {found.by_words:.3f} | {found.by_model:.3f} | {who}"
    return f"| {name} | {found.spoken + found.n:,} | {said} | {found.n:,} | {found.share:.3f} |"


def main() -> None:
    """Print the table."""
    if not DATA.exists():
        print("公开数据不在项目旁边（shared/data），没有测量。")
        return
    print(HEAD, "|---|---|---|---|---|---|---|---|", sep="\n")
    for name, rows in sets():
        print(line(name, rows), flush=True)


if __name__ == "__main__":
    main()
