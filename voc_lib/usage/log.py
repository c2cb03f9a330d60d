"""The log of a report, opened: events of people in order, what was set aside and why, the ledger closed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.clean import privacy
from voc_lib.collect import harvest, logs, sides
from voc_lib.collect.logfields import Known, plain
from voc_lib.collect.logs import SOURCE
from voc_lib.collect.table import raw_json
from voc_lib.errors import DataError, ParamsError
from voc_lib.params import Settings
from voc_lib.period import Period
from voc_lib.usage import accounts, clocks, entered, ids, order, renames
from voc_lib.usage.entered import Entered

KEPT = ("user_id", "at", "function", "action", "error", "failed", "duration_ms", "dwell")
READABLE = ("user_id", "at", "function", "action", "error", "duration_ms", "dwell", "account", "event_id")
FORMER = r"[；;、,，|]"


@dataclass(frozen=True)
class Log:
    """Events sorted by user and time, users as pseudonyms; people and functions; the ledger, said and closed.

    `headers`: which column of the log and the lists is which field.

    `events`: user_id, function, action, error (categories), at, failed (1, 0 or missing), duration_ms;
    dwell (seconds) where the log says itself how long somebody stayed.
    """

    events: pd.DataFrame
    people: pd.DataFrame
    functions: pd.DataFrame
    reads: pd.DataFrame
    quarantine: pd.DataFrame
    headers: pd.DataFrame
    notes: tuple[str, ...] = ()
    entered: tuple[Entered, ...] = ()


def opened(settings: Settings, key: bytes) -> Log:
    """The log, employees and functions the params name; ParamsError where they name no log."""
    asked = settings.params
    if asked.logs is None:
        raise ParamsError(
            "参数里没有 logs（操作日志）。请写上日志的路径，例如 logs: {path: data/log_*.csv}。"
        )
    staff = sides.load(asked.employees, schema.EMPLOYEES, settings)
    listed = sides.load(asked.functions, schema.FUNCTIONS, settings)
    known = Known(_set(staff.rows["user_id"]), _set(listed.rows["function"]))
    read = logs.load(asked.logs, settings, known, privacy.mask)
    _met(read.events, staff.rows["user_id"])
    events, notes = _renamed(read.events, listed.rows)
    notes += clocks.notes(events, read.headers, key)
    rows, reasons, said = _judged(events, staff.rows["user_id"])
    gone = pd.concat([read.unusable, _gone(rows, reasons)], ignore_index=True).assign(source=SOURCE)
    kept = rows[reasons == ""].reset_index(drop=True)
    people = _people(staff.rows, kept)
    kept_records = tuple(entered.opened(each, settings, people) for each in settings.params.records)
    beside = [*(_beside(side) for side in (staff, listed)), *(each.reads for each in kept_records)]
    aside = [staff.quarantine, listed.quarantine, *(each.quarantine for each in kept_records)]
    headers = pd.concat([read.headers, _headers(gone), staff.headers, listed.headers], ignore_index=True)
    quarantine = pd.concat([gone, *aside], ignore_index=True)
    quarantine = quarantine.assign(raw=_unreadable(quarantine, headers, people["user_id"], key))
    return Log(
        events=_hidden(kept, key),
        people=people.assign(user_id=privacy.pseudonyms(people["user_id"], key)),
        functions=listed.rows,
        entered=kept_records,
        reads=pd.concat([_reads(read.files, kept, gone, settings.period), *beside], ignore_index=True),
        quarantine=_masked(schema.shape(quarantine, schema.USAGE_QUARANTINE)),
        headers=schema.shape(pd.concat([read.headers, staff.headers, listed.headers]), schema.HEADERS),
        notes=tuple(
            map(
                privacy.mask_text,
                (
                    *read.notes,
                    *notes,
                    *said,
                    *staff.notes,
                    *listed.notes,
                    *(note for each in kept_records for note in each.notes),
                    *_strangers(kept, people, listed.rows),
                    *renames.notes(kept, listed.rows["function"]),
                ),
            )
        ),
    )


def _met(events: pd.DataFrame, listed: pd.Series) -> None:
    """Nothing, or DataError where nobody of the employee list is in the log: rates of use would all be 0."""
    written = pd.Series(events["user_id"].cat.categories, dtype="str")
    if len(listed) and not _set(written) & _set(listed):
        raise DataError(
            f"{SOURCE}里的 {len(written)} 个员工（账号）一个也不在员工名单里，使用率算不出来。"
            "请导出带工号的日志，或在 employees 的 columns 里写明名单的哪一列与日志的写法相同，"
            "例如 columns: {姓名: user_id}（反馈里的员工也用这一种写法）。"
        )


def _set(values: pd.Series) -> frozenset[str]:
    return frozenset(map(plain, values.dropna()))


def _renamed(events: pd.DataFrame, listed: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The events under the names functions bear today, and which were renamed."""
    today = {plain(name): name for name in listed["function"]}
    former = listed.dropna(subset=["former"])
    for name, old in zip(former["function"], former["former"].str.split(FORMER, regex=True), strict=True):
        today |= {plain(word): name for word in old if word.strip() and plain(word) not in today}
    words = pd.Series(events["function"].cat.categories, dtype="str")
    now = pd.Series([today.get(plain(word), word) for word in words], dtype="str")
    counts = events["function"].value_counts()
    notes = [
        f"{SOURCE}：{old} 已按功能清单改记为 {new}（{counts[old]} 行）"
        for old, new in zip(words, now, strict=True)
        if plain(old) != plain(new)
    ]
    return events.assign(function=logs.merged(events["function"].cat.codes.to_numpy(), now)), notes


def _judged(events: pd.DataFrame, listed: pd.Series) -> tuple[pd.DataFrame, np.ndarray, list[str]]:
    """The events by user and time, why each is set aside ("" for not), and what to tell."""
    notes = []
    if back := order.backwards(events):
        notes.append(f"{SOURCE}：有 {back} 行早于它的前一行，已按时间重排")
    events, ahead = order.corrected(events)
    if ahead:
        notes.append(f"{SOURCE}：有 {ahead} 行的操作时间晚于服务器收到的时间 5 分钟以上，已改用服务器时间")
    rows = order.sorted_by_user(events)
    robots = accounts.told(rows, listed)
    by_user = np.array([*(robots.get(user, "") for user in rows["user_id"].cat.categories), ""], dtype=object)
    reasons = by_user[rows["user_id"].cat.codes.to_numpy()]
    reasons[order.repeated(rows)] = order.TWICE
    reasons[order.off(rows)] = order.CLOCK
    fair = np.flatnonzero(reasons == "")
    again, told = ids.again(rows if len(fair) == len(rows) else rows.take(fair))
    reasons[fair[again]] = ids.AGAIN
    notes += told
    if scripted := _set(pd.Series(robots.index)) & _set(listed):
        notes.append(f"{SOURCE}：员工名单里有 {len(scripted)} 个账号像程序在操作，其操作未计入，请核对")
    counts = pd.Series(reasons[reasons != ""], dtype="str").value_counts().sort_index()
    notes += [f"{SOURCE}：{n} 行未计入——{reason}" for reason, n in counts.items()]
    return rows, reasons, [*notes, *_apart(rows.loc[reasons == "", ["at"]])]


def _apart(kept: pd.DataFrame) -> list[str]:
    """What to tell where the events kept lie half a year and more apart."""
    found = kept["at"].groupby(order.parts(kept)).agg(["min", "max", "size"])
    if len(found) < 2:
        return []
    told = "；".join(
        f"{r['min']:%Y-%m-%d} 至 {r['max']:%Y-%m-%d} {r['size']} 行" for _, r in found.iterrows()
    )
    return [f"{SOURCE}：时间分成 {len(found)} 段，相隔都在半年以上（{told}），都已计入，请核对有没有时钟错误"]


def _gone(rows: pd.DataFrame, reasons: np.ndarray) -> pd.DataFrame:
    away = rows[reasons != ""].assign(reason=reasons[reasons != ""])
    place = away[["file", "sheet", "line", "reason"]].astype({"file": "str", "sheet": "str"})
    return place.assign(raw=_cells(away))


def _cells(rows: pd.DataFrame) -> list[str | None]:
    """The cells of rows set aside as they were understood, the first of each reason."""
    shown = (rows.groupby("reason").cumcount() < logs.SHOWN).to_numpy()
    columns = [name for name in READABLE if name in rows]
    cells = rows.loc[shown, columns].astype("str").rename(columns=schema.EVENTS.labels)
    told = iter([raw_json(cell) for cell in cells.where(cells.notna(), None).to_dict("records")])
    return [next(told) if kept else None for kept in shown]


def _headers(gone: pd.DataFrame) -> pd.DataFrame:
    """Which field the labels stand for in the cells of `_cells`."""
    labels = pd.DataFrame({"header": schema.EVENTS.labels.values(), "field": schema.EVENTS.labels.keys()})
    return gone[["source", "file"]].drop_duplicates().merge(labels, how="cross")


def _unreadable(quarantine: pd.DataFrame, headers: pd.DataFrame, ids: pd.Series, key: bytes) -> pd.Series:
    """The cells of what was set aside, people as pseudonyms, robots and test accounts by their name."""
    named = partial(_account, key=key)
    shown = quarantine[quarantine["raw"].notna()]
    found = privacy.raw_rows(shown, headers, ids, key, user_id=named, account=named)
    return found.reindex(quarantine.index)


def _account(names: pd.Series, key: bytes) -> pd.Series:
    robots = names.map(accounts.kind) != ""
    return privacy.pseudonyms(names, key).mask(robots, privacy.mask(names))


def _people(staff: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """The employee list; without one, who is in the log, each where the log last saw them."""
    if len(staff):
        return staff
    columns = ["user_id", *(c for c in ("department", "role") if c in events)]
    last = events.drop_duplicates("user_id", keep="last")[columns]
    return schema.shape(last.astype("str").reset_index(drop=True), schema.EMPLOYEES)


def _hidden(events: pd.DataFrame, key: bytes) -> pd.DataFrame:
    """The columns figures are made of, users as pseudonyms, words of errors masked."""
    kept = events[[c for c in KEPT if c in events]]
    for column in ("action", "error"):
        kept = kept if column in kept else kept.assign(**{column: pd.Categorical([None] * len(kept))})
    kept = kept if "duration_ms" in kept else kept.assign(duration_ms=np.nan)
    users = pd.Series(kept["user_id"].cat.categories, dtype="str")
    hidden = {"user_id": privacy.pseudonyms(users, key)}
    for column in ("function", "action", "error"):
        hidden[column] = privacy.mask(pd.Series(kept[column].cat.categories, dtype="str"))
    recoded = {c: logs.merged(kept[c].cat.codes.to_numpy(), words) for c, words in hidden.items()}
    return order.sorted_by_user(kept.assign(**recoded))


def _masked(quarantine: pd.DataFrame) -> pd.DataFrame:
    return privacy.masked_labels(quarantine, ("file", "sheet", "reason"))


def _reads(files: pd.DataFrame, kept: pd.DataFrame, gone: pd.DataFrame, period: Period) -> pd.DataFrame:
    """schema.USAGE_READS of the log, file by file: read = kept + quarantined."""
    inside = kept[period.mask(kept["at"]).to_numpy()]
    lost, held, now = (_counts(rows) for rows in (gone, kept, inside))
    places = pd.concat([files.astype("str"), gone[["file", "sheet"]].astype("str")]).drop_duplicates()
    index = pd.MultiIndex.from_frame(places.fillna(""))
    reasons = gone.assign(sheet=gone["sheet"].astype("str").fillna("")).groupby(["file", "sheet"])["reason"]
    told = reasons.agg(harvest.reasons) if len(gone) else pd.Series(dtype="str")
    counted = pd.DataFrame({"kept": held, "quarantined": lost, "in_period": now, "reasons": told}, index)
    counted = (
        counted.assign(**counted[["kept", "quarantined", "in_period"]].fillna(0))
        .rename_axis(["file", "sheet"])
        .reset_index()
    )
    read = counted["kept"] + counted["quarantined"]
    shaped = counted.assign(source=SOURCE, read=read, sheet=counted["sheet"].mask(counted["sheet"] == ""))
    return _masked(schema.shape(shaped, schema.USAGE_READS))


def _counts(rows: pd.DataFrame) -> pd.Series:
    where = rows[["file", "sheet"]].astype("str")
    return where.fillna("").groupby(["file", "sheet"]).size()


def _beside(side: sides.Side) -> pd.DataFrame:
    """A side table's lines of the ledger, in the words of the log's."""
    lost = {file: harvest.reasons(rows["reason"]) for file, rows in side.quarantine.groupby("file")}
    told = side.reads["file"].map(lost).astype("str")
    return _masked(schema.shape(side.reads.assign(reasons=told), schema.USAGE_READS))


def _strangers(events: pd.DataFrame, people: pd.DataFrame, listed: pd.DataFrame) -> list[str]:
    """What the log knows and the lists do not."""
    notes = []
    users = events["user_id"].value_counts()
    listed_ids = _set(people["user_id"])
    users = users[[n > 0 and plain(str(user)) not in listed_ids for user, n in users.items()]]
    if len(users):
        notes.append(
            f"{SOURCE}：{len(users)} 个账号（{users.sum()} 行）不在员工名单里，计入功能与报错，不计入使用率"
        )
    functions = events["function"].value_counts()
    functions = functions[(functions > 0) & ~functions.index.astype("str").isin(listed["function"])]
    if len(listed) and len(functions):
        names = "、".join(map(str, functions.index[:10]))
        notes.append(
            f"{SOURCE}：{len(functions)} 个功能不在功能清单里：{names}；若是改了名，请写在清单的曾用名里"
        )
    return notes
