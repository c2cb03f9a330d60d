"""Numbers of days, clocks and zones to local naive times."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from voc_lib.collect.spelling import EARLY, LATE, NOON


def assemble(found: pd.DataFrame, zone: ZoneInfo | None) -> np.ndarray:
    """Times from the numbers of `Spelt.fields`; NaT for days and clocks that do not exist."""
    part = {name: column(found, name) for name in ("y", "m", "d", "h", "mi", "s", "us", "half")}
    hour = _half_day(part["h"], part["half"])
    good = (
        (part["m"] >= 1)
        & (part["m"] <= 12)
        & (part["d"] >= 1)
        & (hour <= 24)
        & (part["mi"] < 60)
        & (part["s"] < 60)
    )
    month = (part["y"] - 1970).astype("datetime64[Y]").astype("datetime64[M]") + np.where(
        good, part["m"] - 1, 0
    )
    day = month.astype("datetime64[D]") + np.where(good, part["d"] - 1, 0)
    good &= day.astype("datetime64[M]") == month
    seconds = hour * 3600 + part["mi"] * 60 + part["s"]
    times = day.astype("datetime64[us]") + (seconds * 1_000_000 + part["us"])
    times = np.where(good, times, np.datetime64("NaT", "us"))
    zoned = column(found, "zoned").astype(bool)
    return _local(times, zoned, column(found, "offset"), zone) if zone is not None and zoned.any() else times


def column(found: pd.DataFrame, name: str) -> np.ndarray:
    """One column of numbers; nothing counts as 0."""
    return found[name].fillna(0).to_numpy("int64") if name in found else np.zeros(len(found), dtype="int64")


def _half_day(hour: np.ndarray, half: np.ndarray) -> np.ndarray:
    late = ((half == LATE) & (hour < 12)) | ((half == NOON) & (hour < 11))
    return np.where(late, hour + 12, np.where((half == EARLY) & (hour == 12), 0, hour))


def _local(times: np.ndarray, zoned: np.ndarray, offset: np.ndarray, zone: ZoneInfo) -> np.ndarray:
    """Times that carry a zone brought to local time; the others stay as written."""
    utc = pd.Series(times - (offset * 60_000_000).astype("timedelta64[us]")).dt.tz_localize("UTC")
    local = utc.dt.tz_convert(zone).dt.tz_localize(None).to_numpy().astype("datetime64[us]")
    return np.where(zoned, local, times)
