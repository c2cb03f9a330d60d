"""What a notebook reads and saves."""

import tempfile
from dataclasses import replace

import pandas as pd
import pytest
from jupyter_client import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from tests.run.conftest import OPEN, SAVE, write_notebook
from voc_lib import schema
from voc_lib.errors import DataError, PublishError
from voc_lib.period import Period
from voc_lib.run import open_step
from voc_lib.run.tables import read_table, write_parts, write_table
from voc_lib.tag import discovery
from voc_lib.text.keywords import keywords

READS = pd.DataFrame(
    {"source": ["工单"], "file": ["a.csv"], "read": [3], "kept": [2], "quarantined": [1], "in_period": [2]}
)


def empties(step):
    return {name: schema.empty(schema.table(name)) for name in step.spec.tables}


def opened(project, name="02_collect", folder="run"):
    (project / folder).mkdir(exist_ok=True)
    return open_step(name, str(project / "params.yaml"), folder=str(project / folder))


def test_what_one_step_saves_the_next_one_reads(project):
    step = opened(project)
    step.save(**{**empties(step), "reads": READS})
    frame = opened(project, "03_clean_and_tag").read("reads")
    assert frame["read"].tolist() == [3] and frame["read"].dtype == "Int64"
    assert list(frame.columns) == schema.READS.names
    assert (project / "run" / "results" / "02_collect.json").is_file()


def test_some_columns_of_a_table_are_read_alone_in_its_order(project):
    step = opened(project)
    step.save(**{**empties(step), "reads": READS})
    later = opened(project, "03_clean_and_tag")
    frame = later.read("reads", ["kept", "file"])
    assert frame.to_dict("list") == {"file": ["a.csv"], "kept": [2]} and "reads" in later.seen
    READS.drop(columns="kept").to_parquet(project / "run" / "tables" / "reads.parquet")
    assert later.read("reads", ["kept", "file"])["kept"].isna().all()


def test_quarter_and_year_read_what_the_months_had_tagged(project):
    rows = pd.DataFrame(
        {"text": ["慢", "贵", "坏"], "created_at": pd.to_datetime(["2026-07-01", "2026-08-01", "2026-09-01"])}
    )
    asked = []

    def work(new):
        asked.append(len(new))
        return pd.DataFrame({"row": range(len(new)), "tag": new["text"]})

    for period in ("2026-07", "2026-08", "2026-09", "2026-Q3", "2026"):
        step = open_step(
            "03_clean_and_tag", str(project / "params.yaml"), period=period, folder=str(project / period)
        )
        known = rows[rows["created_at"] < pd.Timestamp(step.period.end) + pd.Timedelta(days=1)]
        lines = step.memory(pd.Series(["电饭煲"])).recall(
            "kind", known.reset_index(drop=True), ["text"], work
        )
        assert lines["tag"].tolist() == known["text"].tolist()
    assert asked == [1, 1, 1]


def test_columns_for_figures_hold_no_words_of_people():
    left = set(schema.TAGGED.names) - set(schema.wordless("tagged"))
    assert left == {"text", "request", "customer_name", "contact", "remark", "urgency_why"}


def test_what_was_read_off_texts_is_another_for_other_products_and_words(project):
    step, names = opened(project, "03_clean_and_tag"), pd.Series(["空气炸锅", None, "电饭煲"], dtype="str")
    memory = step.memory(names)
    assert memory.folder == step.settings.outputs / ".memory" / step.params.name
    assert memory == step.memory(names[::-1]) != step.memory(names[:1])


def test_save_takes_exactly_the_tables_of_the_step(project):
    step = opened(project, "06_improve")
    with pytest.raises(DataError, match="缺少表：weekly、plan、solutions、tracking"):
        step.save()
    with pytest.raises(DataError, match="多了表：plans。是否想写 “plan”"):
        step.save(**empties(step), plans=READS)
    with pytest.raises(DataError, match="不写表"):
        replace(step, spec=replace(step.spec, tables=())).save(plan=READS)
    assert not (project / "run" / "results").exists()


def test_tables_put_before_the_end_are_asked_for_no_more_and_the_step_is_done_at_save_alone(project):
    step = opened(project)
    step.save(**{**empties(step), "reads": READS})
    done = project / "run" / "results" / f"{step.spec.name}.json"
    at_once = done.read_bytes()
    step = opened(project)
    step.put(reads=READS)
    assert not done.exists() and (project / "run" / "tables" / "reads.parquet").exists()
    rest = empties(step)
    del rest["reads"]
    step.save(**rest)
    assert done.read_bytes() == at_once
    with pytest.raises(DataError, match="多了表：read。"):
        step.put(read=READS)


def test_a_table_put_in_parts_is_one_and_keeps_its_contract_as_a_whole(project):
    rows = pd.DataFrame({"issue_id": ["I1", "I2"], "feedback_ids": ["1", "2"], "feedback_id": ["1", "2"]})
    spec = replace(schema.ISSUES, columns=tuple(replace(c, required=False) for c in schema.ISSUES.columns))
    path = project / "issues.parquet"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "table", lambda name: spec)
        assert write_parts("issues", iter([rows.head(1), rows.tail(1)]), path) == 2
        assert read_table(path)["issue_id"].tolist() == ["I1", "I2"]
        with pytest.raises(DataError, match="issue_id"):
            write_parts("issues", iter([rows, rows]), path)
    assert len(read_table(path)) == 2


def test_a_table_that_breaks_its_contract_is_not_saved(project):
    step = opened(project)
    with pytest.raises(DataError, match=r"读入台账.*read（读入）"):
        step.save(**{**empties(step), "reads": READS.assign(read=-1)})
    with pytest.raises(DataError, match=r"读入台账.*列类型不合约定"):
        step.save(**{**empties(step), "reads": READS.assign(read="很多")})
    assert not list((project / "run" / "tables").iterdir())


def test_a_step_reads_only_what_comes_before_it(project):
    with pytest.raises(DataError, match="不能读取表 plan，它不在上游"):
        opened(project, "04_analyse").read("plan")
    with pytest.raises(DataError, match="没有名为 “isues” 的表。是否想写 “issues”"):
        opened(project, "04_analyse").read("isues")
    with pytest.raises(DataError, match="还没有写出，它来自步骤 03_clean_and_tag"):
        opened(project, "04_analyse").read("issues")


def test_the_same_table_is_the_same_bytes(tmp_path):
    for name in ("a.parquet", "b.parquet"):
        write_table(READS, tmp_path / name)
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_only_the_rows_asked_for_are_read(tmp_path):
    times = ["2026-08-31 23:59:59", "2026-09-01 00:00:00", "2026-09-30 23:59:59", "2026-10-01 00:00:00", None]
    rows = pd.DataFrame({"created_at": pd.to_datetime(times), "feedback_id": [*"abcde"]})
    write_table(rows, tmp_path / "t.parquet")
    start, end = Period.parse("2026-09").moments
    within = [("created_at", ">=", start), ("created_at", "<", end)]
    for only in (within, [("feedback_id", "in", ["c", "b"])]):
        found = read_table(tmp_path / "t.parquet", ["feedback_id"], only=only)
        assert found["feedback_id"].tolist() == ["b", "c"]
    nobody = read_table(tmp_path / "t.parquet", only=[("feedback_id", "in", [""])])
    assert nobody.empty and nobody.dtypes.equals(read_table(tmp_path / "t.parquet").dtypes)


def test_a_table_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch):
    write_table(READS, tmp_path / "a.parquet")
    before = (tmp_path / "a.parquet").read_bytes()

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", full)
    with pytest.raises(PublishError, match=r"无法写入 a\.parquet"):
        write_table(READS, tmp_path / "a.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == before


def test_opened_by_hand_it_makes_the_tables_it_misses(project, caplog):
    write_notebook(project, "02_collect", OPEN, SAVE)
    step = open_step("03_clean_and_tag", str(project / "params.yaml"))
    assert step.read("feedback").empty
    assert "先运行上游步骤 02_collect" in caplog.text
    assert (project / "outputs" / ".work" / "小店" / "2026-09" / "tables" / "feedback.parquet").is_file()
    caplog.clear()
    assert step.read("reads").empty and not caplog.text


def test_opened_by_hand_an_error_of_the_house_is_its_sentence_alone():
    words = "from voc_lib.run import open_step\nopen_step('04_analyse', 'nobody.yaml')"
    node = new_notebook(cells=[new_code_cell(words), new_code_cell("1 / 0")])
    with tempfile.TemporaryDirectory(prefix="voc") as sockets:
        kernel = AsyncKernelManager(kernel_name="python3", transport="ipc", ip=f"{sockets}/s")
        try:
            NotebookClient(node, km=kernel, timeout=120, allow_errors=True).execute()
        finally:
            run_sync(kernel.shutdown_kernel)(now=True)
    (house,), (other,) = (cell.outputs for cell in node.cells)
    assert house.ename == "ParamsError" and house.traceback == [house.evalue]
    assert "找不到文件" in house.evalue
    assert other.ename == "ZeroDivisionError" and len(other.traceback) > 1


def test_opened_by_hand_it_reads_the_published_run(published):
    step = open_step("04_analyse", str(published / "params.yaml"))
    assert step.read("issues").empty and step.manifest["period"] == "2026-09"


def test_it_holds_params_period_taxonomy_and_knowledge(project):
    step = opened(project)
    assert step.params.name == "小店" and step.period.title == "2026年9月"
    assert "物流延迟" in step.taxonomy.names and step.knowledge.measures == []
    assert len(step.key) >= 32 and step.archive.name == "小店"


def test_words_of_the_params_act_on_keywords_and_on_new_words(project):
    (project / "ud.txt").write_text("无人机没来\n", encoding="utf-8")
    (project / "stop.txt").write_text("亲亲\n", encoding="utf-8")
    params = project / "params.yaml"
    params.write_text(params.read_text(encoding="utf-8") + "userdict: ud.txt\nstopwords: stop.txt\n")
    step = opened(project, "04_analyse")
    texts = pd.Series(["亲亲，无人机没来", "亲亲，无人机没来，扫地机器人"] * 6)
    issues = pd.DataFrame({"text": texts, "product": "扫地机器人", "feedback_id": map(str, range(12))})
    words = {"segmenter": step.segmenter(issues["product"]), "stopwords": step.stopwords}
    found = keywords(texts, pd.Series(["甲"] * 12), **words)["term"].tolist()
    assert found == ["无人机没来", "扫地机器人"] and "我们" in step.stopwords
    assert discovery.candidates(issues, **words)["term"].tolist() == ["无人机没来"]
