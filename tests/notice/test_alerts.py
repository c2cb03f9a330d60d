"""`voc alerts` through the command line: one incident said once, to those who are to hear of it."""

import numpy as np
import pandas as pd
import pytest
import yaml

from benchmarks import alerts as simulated
from tests.notice.conftest import free
from voc_lib import cli


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    rng = np.random.default_rng(7)
    rows = pd.concat([simulated.history(60, 240, rng, 1), simulated.burst("新说法 8 条", 60, rng)])
    names = {"created_at": "反馈时间", "text": "反馈内容", "customer_id": "客户编号"}
    rows = rows[list(names)].rename(columns=names).sample(frac=1, random_state=1)
    rows.to_csv(folder / "rows.csv", index=False)
    content = {"name": "店", "industry": "ecommerce", "period": "2026-09", "outputs": "outputs"}
    content |= {"sources": [{"name": "工单", "path": "rows.csv", "channel": "客服"}]}
    content |= {"notices": {"alerts": [{"to": "${TEAM}"}]}}
    (folder / "params.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return str(folder / "params.yaml")


def test_an_alert_is_sent_once_and_again_only_where_nobody_got_it(shop, hook, monkeypatch, capsys):
    def look(*more):
        code = cli.call(["alerts", shop, "--until", "2026-09-27", *more])
        return code, capsys.readouterr()

    monkeypatch.setenv("TEAM", f"json://127.0.0.1:{free()}/")
    code, said = look()
    assert code != 0 and "没有登记" in said.err
    monkeypatch.setenv("TEAM", f"json://127.0.0.1:{hook.port}/")
    code, said = look()
    assert code == 0 and "新开 Y001 其他" in said.out and "1 条新消息" in said.out
    assert len(hook.came) == 1 and "积分" in hook.came[0][1]["message"]
    code, said = look()
    assert code == 0 and "0 条新消息；现有 1 条预警没有关闭" in said.out and len(hook.came) == 1
    code, said = look("--until", "2026-09-20")
    assert code == 2 and "不能再往回看" in said.err


def test_a_rehearsal_says_what_would_have_been_sent_and_keeps_nothing(shop, capsys, monkeypatch):
    monkeypatch.setattr("voc_lib.verbs.alerts.WEEKS", 3)
    assert cli.call(["alerts", shop, "--until", "2026-09-27", "--rehearse"]) == 0
    said = capsys.readouterr().out
    assert "会发出 1 次预警：还看不出 1 次" in said and "新开 Y001 其他" in said


@pytest.mark.parametrize(("until", "words"), [("27.9.", "不是日期"), ("2031-01-01", "没有一条反馈")])
def test_a_day_that_is_none_or_lies_ahead_is_a_sentence(shop, until, words, capsys):
    assert cli.call(["alerts", shop, "--until", until]) in (2, 10)
    assert words in capsys.readouterr().err
