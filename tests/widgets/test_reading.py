"""What stands around a feedback that is read."""

from datetime import date

import pandas as pd

from voc_lib import knowledge
from voc_lib.widgets.reading import Reading

MEASURE = {"id": "M01", "problem": "物流延迟", "goal": "更快", "owner": "王敏", "department": "仓储部"}


def test_every_round_of_a_measure_is_listed_by_its_own_id():
    first = {**MEASURE, "action": "加人", "start": "2026-01-01", "due": "2026-02-01"}
    second = {**MEASURE, "action": "换线", "start": "2026-03-01", "due": "2026-04-01"}
    again = {**second, "round": 2, "failure": "招不到人"}
    known = knowledge.read({"measures": [first, again]})
    lines = list(Reading(pd.DataFrame(), {}, known, date(2026, 3, 15))._measures("物流延迟"))
    assert lines == [
        "措施 M01：加人（王敏，2026-02-01 前，已逾期）",
        "措施 M01 第2轮：换线（王敏，2026-04-01 前，进行中）",
    ]
