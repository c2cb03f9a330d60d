import json

import pandas as pd

from voc_lib import schema
from voc_lib.clean import privacy, rawrows
from voc_lib.collect import Collected

KEY = b"0123456789abcdef"


def collected(*raws, ids=("U100001",)):
    """What one file gave: quarantined rows, its header mapping, a customers table."""
    place = {"source": "工单", "file": "a.csv", "reason": "反馈内容为空"}
    rows = [{**place, "line": n, "raw": json.dumps(raw, ensure_ascii=False)} for n, raw in enumerate(raws, 2)]
    fields = {"客户编号": "customer_id", "姓名": "customer_name", "电话": "contact", "内容": "text"}
    heads = [{**place, "header": h, "field": f, "how": "同义词"} for h, f in fields.items()]
    tables = {
        name: schema.empty(schema.table(name)) for name in ("feedback", "reads", "orders", "exposure", "kpis")
    }
    return Collected(
        quarantine=schema.shape(pd.DataFrame(rows), schema.QUARANTINE),
        headers=schema.shape(pd.DataFrame(heads), schema.HEADERS),
        customers=schema.shape(pd.DataFrame({"customer_id": list(ids)}), schema.CUSTOMERS),
        **tables,
    )


def raws(*rows):
    return [json.loads(raw) for raw in privacy.protect(collected(*rows), KEY).quarantine["raw"]]


def test_cells_are_masked_by_the_field_of_their_header():
    (row,) = raws(
        {
            "客户编号": "U100001",
            "姓名": "王小明",
            "电话": "13800138000",
            "内容": "打13900139000",
            "地区": "华东",
        }
    )
    assert row["客户编号"] == privacy.pseudonyms(pd.Series(["U100001"]), KEY)[0]
    assert row["姓名"] == "王**" and row["电话"] == "138****8000"
    assert row["内容"] == "打[手机号]" and row["地区"] == "华东"


def test_a_row_without_columns_shows_no_customer_and_no_name():
    assert raws("GD1,U100001,郝思豪") == ["GD1,[客户],[姓名]"]
    assert raws('{"id": "U100001", "nick": "王敏", "ap') == ['{"id": "[客户]", "nick": "[姓名]", "ap']


def test_empty_cells_and_empty_quarantine_stay():
    assert raws({"客户编号": "", "内容": None, "地区": ""}) == [{"客户编号": "", "内容": "", "地区": ""}]
    assert privacy.protect(collected(), KEY).quarantine.empty


def test_no_known_customer_is_no_obstacle():
    assert rawrows.shapeless(pd.Series(["a,b"], dtype="str"), []).tolist() == ["a,b"]


def test_a_header_that_is_a_telephone_and_a_handler_are_hidden():
    table = collected({"13933330011": "x", "处理人": "慕容雪梅", "内容": ""})
    raw = json.loads(privacy.protect(table, KEY).quarantine["raw"].iloc[0])
    assert list(raw) == ["[手机号]", "处理人", "内容"] and raw["处理人"].startswith("员工")


def test_headers_over_empty_cells_are_hidden_too_and_no_cell_is_lost():
    assert raws({"备注13800138000": ""}) == [{"备注[手机号]": ""}]
    assert raws({"13933330011": "x", "13933330022": "y"}) == [{"[手机号]": "x", "[手机号].2": "y"}]
