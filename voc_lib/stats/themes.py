"""What people speak of in 其他 and within the big tags: named themes, how big, and which of them grew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from voc_lib import intervals, schema
from voc_lib.intervals import Floats
from voc_lib.period import Period
from voc_lib.schema.stats import RISEN, STEADY, UNCOMPARED
from voc_lib.stats.raised import problems
from voc_lib.stats.windows import LEVEL, MINIMUM, Windows, around, beyond, bounds, compare
from voc_lib.tag import suggest
from voc_lib.tag.spoken import GIVEN
from voc_lib.tag.suggest import Group
from voc_lib.tag.taxonomy import OTHER, Taxonomy
from voc_lib.text.quotes import representative
from voc_lib.text.segmentation import Segmenter

BIG, BIG_SHARE = 50, 0.1  # problems of the period, and their share, from which a tag is looked into
LEAST = 8  # problems of period and baseline a theme holds
GROWTH = 1.8  # least growth, as of categories
SAME = 0.5  # part of the problems of both that makes a theme last report's
QUOTES, SHOWN, EVIDENCE = 3, 60, 20
BIGGEST, PHRASES = 1, 6  # themes of a tag and their words on a page
BETWEEN = "／"
COMPARED = ["before", "ratio", "ratio_low", "ratio_high", "p_adjusted"]
READ = [*GIVEN, "feedback_id", "created_at", "primary_tag", "vague"]


def table(
    issues: pd.DataFrame,
    period: Period,
    taxonomy: Taxonomy,
    *,
    earlier: pd.DataFrame | None = None,
    segmenter: Segmenter | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """schema.THEMES of 其他 and of every tag with a tenth of the problems: what grew first, then by size.

    Groups are learned from the period and the months before as one, so that none is there for its
    growth; one that shares half of its problems with a theme of the last report (`earlier`: its THEMES)
    keeps that name, and a theme of the last report still spoken of stays. Growth is of a theme's share of
    its tag (其他: of all problems), tested as `emerging` tests; one false discovery rate is for all themes,
    half of it for those of 其他.
    """
    windows = around(issues, period, READ)
    rows = problems(issues, period) if windows is None else windows.rows
    if rows.empty:
        return schema.empty(schema.THEMES)
    rows = rows[[name for name in READ if name in rows]]
    learned = np.ones(len(rows), dtype=bool) if windows is None else windows.month >= -1
    now = learned if windows is None else windows.month == -1
    names = pd.Series("", index=rows.index, dtype="str")
    lines = []
    for category in _looked_into(rows[now]):
        mine = (rows["primary_tag"] == category).to_numpy()
        known = _of(earlier, category)
        learn = partial(suggest.words, known=_said(category, taxonomy), segmenter=segmenter, seed=seed)
        parts = rows[mine], learned[mine], taxonomy, known
        groups, names[mine] = _groups(*parts, learn=learn, segmenter=segmenter)
        was = {group.name for group in known}
        lines += [
            {"category": category, "known": group.name in was, **_line(group, rows[mine & now], names)}
            for group in groups
        ]
    frame = pd.DataFrame(lines, columns=[n for n in schema.THEMES.names if n not in (*COMPARED, "claim")])
    return _ordered(frame.join(_compared(frame, rows["primary_tag"], names, windows)))


def _looked_into(rows: pd.DataFrame) -> list[str]:
    """其他 and the big tags, 其他 first."""
    counts = rows["primary_tag"].value_counts()
    big = counts[(counts >= max(BIG, BIG_SHARE * len(rows))) | (counts.index == OTHER)]
    return sorted(map(str, big.index), key=lambda name: (name != OTHER, -big[name], name))


def _of(earlier: pd.DataFrame | None, category: str) -> list[Group]:
    """The themes of a tag in the last report."""
    if earlier is None:
        return []
    rows = earlier[earlier["category"] == category]
    return [
        Group(str(name), tuple(str(words).split("、")), 0, 0.0, None, ())
        for name, words in zip(rows["theme"], rows["words"], strict=True)
    ]


def _said(category: str, taxonomy: Taxonomy) -> list[str]:
    """The words no theme of 其他 is made of: those of the tags."""
    return [word for tag in taxonomy.tags for word in (*tag.phrases, *tag.weak)] if category == OTHER else []


def _groups(
    rows: pd.DataFrame,
    learned: NDArray[np.bool_],
    taxonomy: Taxonomy,
    known: Sequence[Group],
    *,
    learn: Callable[..., list[list[str]]],
    segmenter: Segmenter | None,
) -> tuple[list[Group], pd.Series]:
    """The groups of a tag's rows under the names they had, known ones still spoken of too; each row's group.

    Groups are learned of the rows `learned` alone.
    """
    seen = rows[learned]
    months = max(seen["created_at"].dt.to_period("M").nunique(), 1)
    least = max(LEAST, int(np.ceil(suggest.SHARE * len(seen) / months)))
    thinned = seen.iloc[:: max(-(-len(seen) // suggest.ROWS), 1)]
    found = suggest.named(learn(thinned["text"], least=least), taxonomy)
    belongs = _sorted(found, thinned, taxonomy)
    told = suggest.titled(found, thinned["text"], belongs, taxonomy, segmenter=segmenter)
    if len(thinned) == len(seen):
        titles = {group.name: title.name for group, title in zip(found, told, strict=True)}
        rest = _sorted(told, rows[~learned], taxonomy)
        new = pd.concat([belongs.map({OTHER: OTHER, **titles}), rest]).reindex(rows.index)
    else:
        new = _sorted(told, rows, taxonomy)
    old = _sorted(known, seen, taxonomy)
    kept = list(_renamed(told, known, old, new[learned]))
    names = {group.name for group in kept}
    kept += [group for group in known if group.name not in names and (old == group.name).sum() >= least]
    belongs = _sorted(kept, rows, taxonomy) if known else new
    counts = belongs[learned].value_counts()
    large = [group for group in kept if counts.get(group.name, 0) >= least]
    return large, belongs if len(large) == len(kept) else _sorted(large, rows, taxonomy)


def _sorted(groups: Sequence[Group], rows: pd.DataFrame, taxonomy: Taxonomy) -> pd.Series:
    if not groups or rows.empty:
        return pd.Series(OTHER, index=rows.index, dtype="str")
    return suggest.sorted_into(groups, rows, taxonomy)


def _renamed(
    found: Sequence[Group], known: Sequence[Group], old: pd.Series, new: pd.Series
) -> Iterator[Group]:
    """Each group, under the name of the known one whose problems are its own; a name is given once."""
    both = pd.crosstab(new.to_numpy(), old.to_numpy())
    taken: set[str] = set()
    for group in found:
        name = _last_name(group, known, both, taken)
        taken.add(name)
        yield replace(group, name=name)


def _last_name(group: Group, known: Sequence[Group], both: pd.DataFrame, taken: set[str]) -> str:
    if group.name not in both.index:
        return group.name
    mine = both.loc[group.name]
    for name in sorted((one.name for one in known if one.name in mine.index), key=lambda name: -mine[name]):
        if name not in taken and mine[name] >= SAME * max(mine.sum(), both[name].sum()):
            return name
    return group.name


def _line(group: Group, rows: pd.DataFrame, names: pd.Series) -> dict:
    """The theme among the rows of its tag in the period: size, words, quotes."""
    mine = rows[names[rows.index] == group.name].sort_values(["created_at", "feedback_id"])
    quotes = representative(mine.assign(primary_tag=group.name), top=QUOTES)["text"]
    share = intervals.wilson(len(mine), len(rows))
    return {
        "theme": group.name,
        "n": len(mine),
        **dict(zip(("share", "low", "high"), map(float, share), strict=True)),
        "phrases": "、".join(group.phrases[:PHRASES]),
        "words": "、".join(group.phrases),
        "quotes": BETWEEN.join(_shortened(quote) for quote in quotes),
        "feedback_ids": "、".join(mine["feedback_id"].head(EVIDENCE)),
    }


def _shortened(quote: str) -> str:
    words = " ".join(quote.split())
    return words if len(words) <= SHOWN else f"{words[: SHOWN - 1]}…"


def _compared(
    frame: pd.DataFrame, tags: pd.Series, names: pd.Series, windows: Windows | None
) -> pd.DataFrame:
    """The columns COMPARED and `claim` of each theme, all of them one family."""
    if windows is None or frame.empty:
        return pd.DataFrame(np.nan, index=frame.index, columns=COMPARED).assign(claim=UNCOMPARED)
    theme = pd.Series(range(len(frame)), index=pd.MultiIndex.from_frame(frame[["category", "theme"]]))
    item = theme.reindex(pd.MultiIndex.from_arrays([tags, names])).fillna(-1).to_numpy("int64")
    held = np.flatnonzero(item >= 0).astype("int64")
    part = _part(frame["category"], tags, windows)
    grown = compare(windows.counts(held, item[held], len(frame)), windows, part=part)
    weight = _weights(frame["category"])
    p = np.minimum(intervals.benjamini_hochberg(grown.p / weight), 1.0)
    risen = beyond(grown, p, GROWTH, MINIMUM)
    low, high = bounds(grown, part, LEVEL * weight * max(int((p < LEVEL).sum()), 1) / len(frame))
    return pd.DataFrame(
        {
            "before": grown.before,
            "ratio": np.where(np.isfinite(grown.growth), grown.growth, np.nan),
            "ratio_low": low,
            "ratio_high": high,
            "p_adjusted": p,
            "claim": np.where(risen, RISEN, STEADY),
        }
    )


def _weights(categories: pd.Series) -> Floats:
    """Weights of mean 1: half of the false discovery rate is for 其他 (Genovese, Roeder, Wasserman 2006)."""
    other = (categories == OTHER).to_numpy()
    if other.all() or not other.any():
        return np.ones(len(other))
    return np.where(other, 0.5 / other.mean(), 0.5 / (~other).mean())


def _part(categories: pd.Series, tags: pd.Series, windows: Windows) -> Floats:
    """What the period would hold of each theme's problems if it kept its share of its tag (其他: of all)."""
    of_tag = pd.crosstab(tags.to_numpy(), windows.month == -1).reindex(columns=[False, True], fill_value=0)
    base = pd.crosstab(tags.to_numpy(), windows.month >= 0).reindex(columns=[True], fill_value=0)[True]
    part = (of_tag[True] + 0.5) / (of_tag[True] + base + 1)
    part[OTHER] = (windows.month == -1).sum() / (windows.month >= -1).sum()
    return categories.map(part).to_numpy("float64")


def _ordered(frame: pd.DataFrame) -> pd.DataFrame:
    """What grew first, the surest before; then 其他 and the tags, the biggest themes before."""
    place = dict(zip(frame["category"].drop_duplicates(), range(len(frame)), strict=False))
    order = frame.assign(
        first=np.where(frame["claim"] == RISEN, frame["p_adjusted"], 2.0), place=frame["category"].map(place)
    )
    order = order.sort_values(["first", "place", "n", "theme"], ascending=[True, True, False, True])
    return schema.shape(order.drop(columns=["first", "place"]).reset_index(drop=True), schema.THEMES)


def foremost(found: pd.DataFrame) -> pd.DataFrame:
    """What a page has room for of schema.THEMES: what grew, and the biggest of each tag."""
    spoken = found[found["n"] > 0]
    place = spoken.groupby("category", sort=False, observed=True)["n"].rank(method="first", ascending=False)
    return spoken[(spoken["claim"] == RISEN) | (place <= BIGGEST)]
