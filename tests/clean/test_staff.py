import pandas as pd
import pytest

from tests.clean.test_rawrows import KEY
from voc_lib import schema
from voc_lib.clean import privacy, staff
from voc_lib.collect import Collected

NAMES = ["李娜", "李娜", None, "王芳"]


def handled() -> pd.DataFrame:
    rows = pd.DataFrame({"handler": NAMES, "department": ["客服部", None, "物流部", "物流部"]})
    words = ["李娜答应回电", "太慢了", "太贵了", "太差了"]
    return schema.shape(rows.assign(feedback_id=list("1234"), text=words), schema.FEEDBACK)


def test_a_pseudonym_is_one_per_person_and_key_and_stays():
    once = staff.shown(handled(), "pseudonym", KEY)
    names = once["handler"]
    assert names[0] == names[1] != names[3] and names.isna().tolist() == [False, False, True, False]
    assert staff.shown(once, "pseudonym", KEY)["handler"].equals(names)
    assert staff.shown(handled(), "pseudonym", b"another key 16 by")["handler"][0] != names[0]


def test_a_role_is_the_department():
    shown = staff.shown(handled(), "role", KEY)["handler"]
    assert shown.fillna("").tolist() == ["客服部人员", "处理人员", "", "物流部人员"]


@pytest.mark.parametrize(("handlers", "left"), [("name", True), ("pseudonym", False), ("role", False)])
def test_the_params_decide_whether_names_stay_also_in_words(handlers, left):
    empty = {
        spec.name: schema.empty(spec)
        for spec in (schema.CUSTOMERS, schema.ORDERS, schema.EXPOSURE, schema.KPIS)
    }
    rest = {"quarantine": schema.empty(schema.QUARANTINE), "reads": schema.empty(schema.READS)}
    table = Collected(handled(), **rest, headers=schema.empty(schema.HEADERS), **empty)
    shown = privacy.protect(table, KEY, handlers=handlers).feedback
    assert ("王芳" in shown["handler"].tolist()) is left
    assert left or "李娜" not in shown["text"][0]


def test_with_names_every_handler_keeps_the_own_one_and_no_telephone():
    names = ["林小满", "丁一鸣", "崔大勇", "石慧13800138000"]
    shown = privacy.masked_labels(pd.DataFrame({"handler": names}), ("handler",), kept=("姓名",))
    assert shown["handler"].tolist() == [*names[:3], "石慧[手机号]"]
