"""Clocks of users that are days off are said with whom they belong to, and no time is moved in silence."""

import pandas as pd
import pytest

from tests.usage.conftest import KEY
from voc_lib.clean import privacy

SERVER = "工号,操作时间,功能,服务器时间\n"
WHO = privacy.pseudonyms(pd.Series(["E1"]), KEY)[0]


def hourly(rows):
    return pd.date_range("2026-09-10", periods=rows, freq="1h")


def saying(log, words):
    return [note for note in log.notes if words in note]


def test_a_clock_three_days_slow_is_told_from_what_was_sent_late(opened):
    slow = "".join(f"E1,{t - pd.Timedelta(days=3)},客户,{t}\n" for t in hourly(9))
    late = "".join(f"E2,{t},客户,2026-09-20 08:00:00\n" for t in hourly(9))
    fine = "".join(f"E{n % 9 + 3},{t},客户,{t}\n" for n, t in enumerate(hourly(40)))
    log = opened({"log.csv": SERVER + slow + late + fine})
    (clock,) = saying(log, "像是设备时钟慢了")
    assert f"1 个账号（{WHO}）的 9 行早于服务器时间且相差固定 3.0 天" in clock
    assert "columns 里写 {服务器时间: at, 操作时间: ignore}" in clock
    assert len(saying(log, "像是离线后补传")) == 1 and log.quarantine.empty
    assert str(log.events["at"].min()) == "2026-09-07 00:00:00"


def test_a_clock_days_fast_is_said_with_its_user(opened):
    fast = "".join(f"E1,{t + pd.Timedelta(days=2)},客户,{t}\n" for t in hourly(9))
    log = opened({"log.csv": SERVER + fast})
    assert f"（{WHO}）的 9 行晚于服务器收到的时间 2.0 天" in saying(log, "设备时钟快了")[0]


def test_a_log_loaded_days_later_has_no_slow_clocks(opened):
    log = opened({"log.csv": SERVER + "".join(f"E1,{t},客户,2026-09-28 01:00:00\n" for t in hourly(9))})
    assert not saying(log, "服务器")


@pytest.mark.parametrize("newest_first", [False, True])
def test_without_a_server_time_the_lines_around_tell(opened, newest_first):
    lag = pd.to_timedelta([5 * (n % 40 == 7) for n in range(400)], "D")
    at = pd.date_range("2026-09-10", periods=400, freq="10min") - lag
    rows = [f"{'E1' if n % 40 == 7 else f'E{n % 67 + 2}'},{t},客户\n" for n, t in enumerate(at)]
    log = opened({"log.csv": "工号,操作时间,功能\n" + "".join(rows[::-1] if newest_first else rows)})
    (note,) = saying(log, "早于文件里前后各行")
    assert f"1 个账号（{WHO}）" in note and "至少 4.3 天" in note and "没有改动" in note
    assert log.quarantine.empty and len(log.events) == 400


def test_a_log_written_user_by_user_has_no_order_to_tell_by(opened):
    rows = "".join(f"E{user},{t},客户\n" for user in range(5) for t in hourly(200))
    assert not saying(opened({"log.csv": "工号,操作时间,功能\n" + rows}), "前后各行")
