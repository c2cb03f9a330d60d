"""How right the tags are, tag by tag: what people decided blind, what coders agree on, what a system says."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from voc_lib import intervals, schema
from voc_lib.tag import agreement, learn, rules
from voc_lib.tag.problem import PRAISE, remarks
from voc_lib.tag.problem import problems as are_problems
from voc_lib.tag.spoken import GIVEN
from voc_lib.tag.taxonomy import OTHER, Taxonomy

WHOLE = "全部"
GIVEN_ROWS = 5_000  # the latest rows with a category of their own that the tags are held against
READ = ["feedback_id", "created_at", *GIVEN]  # all that rules read, and the order of rows
SHARED_ROWS = 2  # fewer rows coded by both say nothing of agreement


def table(
    issues: pd.DataFrame,
    tagged: pd.DataFrame,
    taxonomy: Taxonomy,
    *,
    answers: pd.DataFrame,
    corrected: pd.DataFrame | None = None,
    tagger: learn.Tagger | None = None,
) -> pd.DataFrame:
    """schema.TAG_QUALITY of the `issues` of a period, most frequent tag first, 全部 at the top.

    Everything is about the primary tag and of problems only, as the category statistics do. `answers` (of
    `register.codings.blind`) give the gold sample: what chance drew and people coded blind. Corrections come
    from a queue of doubtful rows: they stand as right in the shares, but measure nothing.
    """
    problems = issues[are_problems(issues)]
    held = gold(answers, tagged, taxonomy, tagger=tagger)
    both = counts(problems, taxonomy).set_index("tag")
    for part in (
        _shares(problems, held, corrected),
        _scores(held),
        _agreement(ratings(answers, taxonomy)),
        _given(tagged, taxonomy),
    ):
        both = both.join(part)
    return schema.shape(both.rename_axis("tag").reset_index(), schema.TAG_QUALITY)


def counts(problems: pd.DataFrame, taxonomy: Taxonomy) -> pd.DataFrame:
    """`tag, n, share` of every tag of the taxonomy, 全部 first, then the most frequent."""
    n = problems["primary_tag"].value_counts().reindex(taxonomy.names, fill_value=0)
    n = n.sort_values(ascending=False, kind="stable")
    both = pd.concat([pd.Series({WHOLE: len(problems)}), n])
    share = both / len(problems) if len(problems) else both * np.nan
    return pd.DataFrame({"tag": both.index, "n": both.to_numpy(), "share": share.to_numpy()})


def gold(
    answers: pd.DataFrame, tagged: pd.DataFrame, taxonomy: Taxonomy, *, tagger: learn.Tagger | None = None
) -> pd.DataFrame:
    """`feedback_id, period, weight, gold, primary_tag` of what chance drew: what people and the machine say.

    `gold` is the first tag most coders gave, at a tie the one of the coder who was first; `primary_tag` is
    the tag without any correction; `weight` how many rows of its period an answered row stands for. Praise is
    left out, and remarks in which people see no problem either.
    """
    drawn = answers.dropna(subset=["period"])
    waves = drawn[["feedback_id", "period", "stratum", "size"]].drop_duplicates(["feedback_id", "period"])
    rows = waves.merge(_votes(drawn, taxonomy), on="feedback_id").merge(
        tagged.drop(columns=["period", "stratum", "size"], errors="ignore"), on="feedback_id"
    )
    answered = rows.groupby(["period", "stratum"])["feedback_id"].transform("size")
    rows = rows.assign(weight=rows["size"].astype("float64") / answered)
    raised = ~remarks(rows) | (rows["gold"] != OTHER)
    rows = rows[raised & (rows["intent"] != PRAISE)].reset_index(drop=True)
    table = rows[["feedback_id", "period", "weight", "gold"]]
    return table.assign(primary_tag=_machine(rows, taxonomy, tagger)).astype({"primary_tag": "str"})


def _votes(drawn: pd.DataFrame, taxonomy: Taxonomy) -> pd.DataFrame:
    """`feedback_id, gold`: the first tag most coders gave."""
    given = drawn.drop_duplicates(["feedback_id", "coder"]).sort_values(["at", "coder"], kind="stable")
    said = given["tags"].astype("str").str.split(schema.TAG_SEPARATOR).str[0].map(taxonomy.aliases)
    votes = pd.DataFrame({"feedback_id": given["feedback_id"], "gold": said}).dropna().astype("str")
    votes = votes.assign(n=votes.groupby(["feedback_id", "gold"])["gold"].transform("size"))
    votes = votes.sort_values("n", ascending=False, kind="stable").drop_duplicates("feedback_id")
    return votes.drop(columns="n")


def over_time(
    answers: pd.DataFrame, tagged: pd.DataFrame, taxonomy: Taxonomy, *, tagger: learn.Tagger | None = None
) -> pd.DataFrame:
    """schema.TAG_DRIFT: how right and how agreed the tags are by the period the sample was drawn in.

    Every sample is held against the tags of today's rules.
    """
    held = gold(answers, tagged, taxonomy, tagger=tagger)
    names = sorted(answers["period"].dropna().unique()) if len(answers) else []
    parts = {WHOLE: (held, answers)}
    parts |= {name: (held[held["period"] == name], answers[answers["period"] == name]) for name in names}
    lines = [_line(name, *part, taxonomy) for name, part in parts.items()]
    return schema.shape(pd.DataFrame(lines), schema.TAG_DRIFT)


def _line(name: str, held: pd.DataFrame, answers: pd.DataFrame, taxonomy: Taxonomy) -> dict[str, object]:
    line: dict[str, object] = {"period": name, "gold_n": len(held)}
    if len(held):
        value, low, high = _accuracy(held)
        line |= {"accuracy": value, "accuracy_low": low, "accuracy_high": high}
    if len(held) >= SHARED_ROWS:
        found = agreement.kappa(held["gold"], held["primary_tag"], weights=held["weight"])
        line |= dict(zip(("machine_kappa", "machine_low", "machine_high"), found, strict=True))
        line["machine_alpha"] = agreement.alpha(held[["gold", "primary_tag"]], weights=held["weight"])
    coders = _agreement(ratings(answers, taxonomy))
    return {**line, **coders.loc[WHOLE]} if len(coders) else line


def _accuracy(held: pd.DataFrame) -> tuple[float, float, float]:
    right = (held["gold"] == held["primary_tag"]).to_numpy(dtype=bool)[:, None]
    found = agreement.interval(right, np.ones_like(right), held["weight"].to_numpy(dtype="float64"))
    value, low, high = (float(part[0]) for part in found)
    return value, low, high


def ratings(answers: pd.DataFrame, taxonomy: Taxonomy) -> pd.DataFrame:
    """A row per feedback, a column per coder: the first tag of each blind answer."""
    answers = answers.drop_duplicates(["feedback_id", "coder"])  # drawn in two periods, one stands twice
    first = answers["tags"].astype("str").str.split(schema.TAG_SEPARATOR).str[0].map(taxonomy.aliases)
    named = answers[["feedback_id", "coder"]].assign(tag=first).dropna()
    return named.set_index(["feedback_id", "coder"])["tag"].unstack("coder")  # noqa: PD010 - words, no sums


def machine(rows: pd.DataFrame, taxonomy: Taxonomy) -> pd.Series:
    """The primary tag the rules give, without any correction, by feedback id."""
    rows = rows.reset_index(drop=True)
    return pd.Series(_machine(rows, taxonomy, None).to_numpy(), index=rows["feedback_id"], dtype="str")


def _machine(rows: pd.DataFrame, taxonomy: Taxonomy, tagger: learn.Tagger | None) -> pd.Series:
    decided, tags = rules.decide(rules.votes(rows, taxonomy), rows, taxonomy)
    if tagger is not None and len(rows):
        decided, _ = learn.apply(decided, tags, rows, tagger, taxonomy)
    return decided["primary_tag"]


def _shares(problems: pd.DataFrame, held: pd.DataFrame, corrected: pd.DataFrame | None) -> pd.DataFrame:
    names = {"corrected": "corrected", "low": "corrected_low", "high": "corrected_high"}
    if held.empty or problems.empty:
        return pd.DataFrame(columns=list(names.values()), dtype="float64")
    done = set() if corrected is None else set(corrected.loc[corrected["tags"].notna(), "feedback_id"])
    known = problems["feedback_id"].isin(done)
    found = agreement.corrected_shares(problems["primary_tag"], held, known=known)
    return found.set_index("tag")[list(names)].rename(columns=names)


def _scores(held: pd.DataFrame) -> pd.DataFrame:
    """Precision, recall and F1 of each tag on the gold sample; in 全部 all three are the accuracy."""
    names = {"n_true": "gold_n", "p_low": "precision_low", "p_high": "precision_high"}
    names |= {"r_low": "recall_low", "r_high": "recall_high"}
    columns = ["gold_n"]
    columns += [f"{kind}{end}" for kind in ("precision", "recall", "f1") for end in ("", "_low", "_high")]
    both, weights = (held["gold"], held["primary_tag"]), held["weight"]
    found = agreement.scores(*both, weights=weights).rename(columns=names).set_index("tag")
    low, high = agreement.f1_interval(*both, found.index.tolist(), weights=weights)
    found = found.assign(f1_low=low, f1_high=high)
    whole = pd.DataFrame([[len(held), *_accuracy(held) * 3]], index=[WHOLE], columns=columns)
    return pd.concat([whole, found[columns]]) if len(found) else whole


def _agreement(rated: pd.DataFrame) -> pd.DataFrame:
    """Cohen's kappa of the two coders who share the most rows; Krippendorff's alpha of all, in 全部."""
    columns = ["coded_n", "kappa", "kappa_low", "kappa_high", "alpha"]
    pairs = {pair: int(rated[list(pair)].notna().all(axis=1).sum()) for pair in combinations(rated, 2)}
    if not pairs or max(pairs.values()) < SHARED_ROWS:
        return pd.DataFrame(columns=columns, dtype="float64")
    one, other = max(sorted(pairs), key=lambda pair: pairs[pair])
    both = rated[[one, other]].dropna()
    lines = {WHOLE: [len(both), *agreement.kappa(both[one], both[other]), agreement.alpha(rated)]}
    for name in sorted(set(both.to_numpy().ravel())):
        first, second = (both[coder] == name for coder in (one, other))
        lines[name] = [int((first | second).sum()), *agreement.kappa(first, second), np.nan]
    return pd.DataFrame.from_dict(lines, orient="index", columns=columns)


def _given(tagged: pd.DataFrame, taxonomy: Taxonomy) -> pd.DataFrame:
    """Per category of the source system how often the rules, not told of it, find the same tag."""
    given = tagged["category_given"].astype("str").str.strip().map(taxonomy.aliases)
    rows = tagged.loc[given.notna() & are_problems(tagged), tagged.columns.intersection(READ)]
    rows = rows.sort_values(["created_at", "feedback_id"]).tail(GIVEN_ROWS).reset_index(drop=True)
    blind = rows.drop(columns="category_given")
    system = rows["category_given"].astype("str").str.strip().map(taxonomy.aliases)
    same = (_machine(blind, taxonomy, None) == system).to_numpy(dtype=bool)
    n, hits = system.value_counts(), pd.Series(same, index=rows.index).groupby(system).sum()
    lines = pd.DataFrame({"n": n, "hits": hits.reindex(n.index)})
    lines = pd.concat([pd.DataFrame({"n": len(rows), "hits": same.sum()}, index=[WHOLE]), lines])
    share, low, high = intervals.wilson(lines["hits"], lines["n"])
    columns = {"given_n": lines["n"], "given_share": share, "given_low": low, "given_high": high}
    return pd.DataFrame(columns, index=lines.index)
