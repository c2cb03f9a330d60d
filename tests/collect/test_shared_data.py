"""Every public file beside the project is read with the right number of rows."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from voc_lib import collect, params
from voc_lib.collect import dates, readers, surveys
from voc_lib.period import Period

ROWS = {
    "tipdm2020c_gov_messages/附件3_留言_点赞反对.xlsx": 4326,
    "tipdm2020c_gov_messages/附件4_留言_答复.xlsx": 2816,
    "tipdm2020c_gov_messages/参赛队结果_分类结果.xlsx": 921,
    "tipdm2020c_gov_messages/附件2示例_留言_一级标签.xlsx": 495,
    "tipdm2020c_gov_messages/附件1_分类体系.xlsx": 517,
    "car_complaints_12365/car_complain_20200608_utf8bom.csv": 600,
    "chinese_nlp_corpus/online_shopping_10_cats.csv": 62774,
    "chinese_nlp_corpus/waimai_10k.csv": 11987,
    "ccf_bdci2018_car/train_2.csv": 12572,
    "hotel_ctrip_ayala/comments.csv": 4755,
    "jd_phone_reviews/tmp_test_data.csv": 4722,
    "jd_haier_satisfaction/combine_result.csv": 35675,
    "mathorcup2022_cmcc_csat/附件1语音业务用户满意度数据.xlsx": 5433,
    "uci_incident_log/incident_event_log.csv": 5998,
    "kaggle_tickets_synthetic/customer_support_tickets.csv": 8469,
    "duplicate_pairs/lcqmc_dev.tsv": 8802,
    "duplicate_pairs/bq_dev.tsv": 10000,
    "duplicate_pairs/afqmc_train.csv": 34334,
    "duplicate_pairs/natural_candidates_unlabelled.csv": 405,
    "messy/car_complaints_12365/car_complain_20200608_gb_excel_dates.csv": 600,
    "messy/taobao_iphone_gbk/taobaoComment_data.csv": 1726,
    "messy/tmall_sanzhisongshu/评论.xlsx": 5724,
    "messy/xhs_mpti_comments/评论数据_pseudonymised.csv": 140,
    "messy/heimao_complaints/黑猫投诉网站.xls": 5,
    "lexicons/baidu_stopwords.txt": 1396,
    "lexicons/cn_stopwords.txt": 746,
    "lexicons/hit_stopwords.txt": 767,
    "lexicons/scu_stopwords.txt": 976,
    "lexicons/否定词.txt": 586,
    "lexicons/程度副词.txt": 222,
}
TWO_SHEETS = {"mathorcup2022_cmcc_csat/附件5附件1、2、3、4的字段说明.xlsx": [51, 122]}
EXAMPLES = Path(__file__).parents[2] / "params" / "examples"
ZONE = ZoneInfo("Asia/Shanghai")


def frame(table) -> pd.DataFrame:
    return table.cells.to_pandas()


def test_every_file_of_the_folder_has_an_expectation(shared):
    folder = shared("README.md").parent
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert there - {"README.md"} == {*ROWS, *TWO_SHEETS}


@pytest.mark.parametrize("name", [*ROWS, *TWO_SHEETS])
def test_rows_as_told(shared, name):
    tables = readers.read(shared(name))
    assert [table.read for table in tables] == TWO_SHEETS.get(name, [ROWS.get(name)])
    assert all(table.read == len(table.lines) + len(table.rejects) for table in tables)
    if name.endswith((".csv", ".tsv", ".txt")):
        data = shared(name).read_bytes()
        assert tables[0].total == data.count(b"\n") + (not data.endswith(b"\n"))


def test_explanations_are_two_sheets(shared):
    tables = readers.read(shared(*TWO_SHEETS))
    assert [len(t.columns) for t in tables] == [2, 2]


def test_repeated_rows_are_as_many_as_told(shared):
    (tmall,) = readers.read(shared("messy/tmall_sanzhisongshu/评论.xlsx"))
    assert frame(tmall).duplicated().sum() == 938 and (frame(tmall)["评论"] == "").sum() == 266
    (taobao,) = readers.read(shared("messy/taobao_iphone_gbk/taobaoComment_data.csv"))
    heads = taobao.rejects.loc[taobao.rejects["reason"] == "重复表头", "raw"]
    assert frame(taobao).duplicated().sum() + heads.duplicated().sum() == 64


def test_the_ragged_file_has_both_widths(shared):
    (table,) = readers.read(shared("messy/xhs_mpti_comments/评论数据_pseudonymised.csv"))
    last = frame(table)[table.columns[-1]]
    assert table.total == 141 and (last == "").sum() == 64 - 1  # the header has nine fields too


def test_the_gb18030_twin_equals_its_original(shared):
    stem = "car_complaints_12365/car_complain_20200608"
    files = (f"{stem}_utf8bom.csv", f"messy/{stem}_gb_excel_dates.csv")
    first, twin = (frame(readers.read(shared(name))[0]) for name in files)
    times = [dates.parse(f["datetime"].astype("str"), zone=ZONE).times for f in (first, twin)]
    pd.testing.assert_series_equal(*times)
    pd.testing.assert_frame_equal(first.drop(columns="datetime"), twin.drop(columns="datetime"))


def load(shared, tmp_path, name, **source):
    file = shared(name).resolve()
    raw = {"name": "x", "period": "2019-02", "sources": [{"name": "s", "path": str(file), **source}]}
    told = params.parse(params.Params, raw, where="x")
    return collect.load(params.Settings(file=tmp_path / "p", params=told, period=Period.parse("2019-02")))


def test_taobao_repeats_its_header_and_damages_ids(shared, tmp_path):
    name = "messy/taobao_iphone_gbk/taobaoComment_data.csv"
    collected = load(shared, tmp_path, name, columns={"购买时间": "created_at"})
    reasons = collected.quarantine["reason"].value_counts()
    assert reasons["重复表头"] == 5 and reasons["空行"] == 1
    assert collected.reads.iloc[0][["read", "kept"]].tolist() == [1726, 1726 - len(collected.quarantine)]
    assert not collected.feedback["customer_id"].str.contains("E+", regex=False).any()
    assert "被 Excel 损坏" in "".join(collected.notes)


def test_tmall_dates_need_a_year(shared, tmp_path):
    name, columns = "messy/tmall_sanzhisongshu/评论.xlsx", {"评论": "text", "评论时间": "created_at"}
    said_nothing = 266 + 83  # empty rows, and “此用户没有填写评论!”
    without = load(shared, tmp_path, name, columns=columns)
    reasons = without.quarantine["reason"].value_counts()
    assert reasons["反馈时间缺年份"] == 5386 - 56 and reasons["反馈内容为空"] == said_nothing
    assert len(load(shared, tmp_path, name, columns=columns, year=2020).feedback) == 5724 - said_nothing


def test_ragged_rows_and_legacy_workbooks_keep_their_words(shared):
    (table,) = readers.read(shared("messy/xhs_mpti_comments/评论数据_pseudonymised.csv"))
    wide = frame(table)[table.columns[-1]]
    assert len(table.columns) == 10 and (wide != "").sum() == 77
    (old,) = readers.read(shared("messy/heimao_complaints/黑猫投诉网站.xls"))
    assert old.columns == ("投诉标题", "投诉详情", "投诉对象", "投诉问题", "投诉要求")


def test_day_first_and_chinese_dates_read_whole(shared):
    log = frame(readers.read(shared("uci_incident_log/incident_event_log.csv"))[0])
    assert dates.parse(log["opened_at"].astype("str"), zone=ZONE).times.notna().all()
    hotel = frame(readers.read(shared("hotel_ctrip_ayala/comments.csv"))[0])
    assert dates.parse(hotel["日期"].astype("str"), zone=ZONE).times.notna().mean() > 0.99


def test_the_telecom_survey_is_on_one_to_ten(shared):
    (table,) = readers.read(shared("mathorcup2022_cmcc_csat/附件1语音业务用户满意度数据.xlsx"))
    survey = surveys.read(table, zone=ZONE)
    scales = survey.questions.set_index("column")["scale"]
    assert len(table.columns) == 55 and scales["语音通话整体满意度"] == "1–10"


@pytest.mark.parametrize(("name", "kept"), [("citizen_messages", [4326, 2816]), ("car_complaints", [600])])
def test_the_examples_load_to_the_row(shared, name, kept):
    shared("tipdm2020c_gov_messages")
    collected = collect.load(params.load(EXAMPLES / f"{name}.yaml"))
    assert collected.reads["read"].tolist() == kept == collected.reads["kept"].tolist()
