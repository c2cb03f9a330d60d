"""Small projects on disk, loaded as a run loads them."""

from pathlib import Path

import pytest
import yaml

from voc_lib import collect, params, schema

SHARED = Path(__file__).parents[2] / "../shared/data"
ROWS = "工单号,客户编号,反馈内容,创建时间\n1,a,快递太慢了,2026-09-01\n2,b,软件总是闪退,2026-09-02 10:00:00\n"


@pytest.fixture
def shop(tmp_path):
    """Writes files and a params file; gives the settings. `files`: name -> text or bytes."""

    def write(files=None, *, source=None, **change):
        for name, content in (files or {"工单.csv": ROWS}).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        first = {"name": "工单", "path": next(iter(files or {"工单.csv": 0})), "channel": "电话"} | (
            source or {}
        )
        raw = {
            "name": "小店",
            "period": "2026-09",
            "sources": [{k: v for k, v in first.items() if v is not None}],
        }
        file = tmp_path / "params.yaml"
        file.write_text(yaml.safe_dump(raw | change, allow_unicode=True), encoding="utf-8")
        return params.load(file)

    return write


@pytest.fixture
def load(shop):
    """Loads a small project and checks its tables and ledger on the way."""

    def run(files=None, **change):
        collected = collect.load(shop(files, **change))
        for name in (
            "feedback",
            "quarantine",
            "reads",
            "headers",
            "customers",
            "orders",
            "exposure",
            "kpis",
            "status_events",
            "ratings",
        ):
            schema.check(getattr(collected, name), schema.table(name))
        reads = collected.reads
        assert (reads["lines"] == reads["aside"] + reads["read"]).all()
        assert (reads["read"] == reads["kept"] + reads["quarantined"]).all()
        names = ("customers", "orders", "exposure", "kpis", "status_events")
        sides = (getattr(collected, name) for name in names)
        assert reads["kept"].sum() == len(collected.voices) + sum(map(len, sides))
        assert reads.loc[reads["in_period"].notna(), "kept"].sum() == len(collected.voices)
        assert reads["rated"].sum() == len(collected.ratings)
        assert reads["quarantined"].sum() == len(collected.quarantine)
        return collected

    return run


@pytest.fixture
def shared():
    """A file of the public data beside the project; skips when it is not there."""

    def find(name: str) -> Path:
        file = SHARED / name
        if not file.exists():
            pytest.skip("公开数据不在项目旁边（shared/data）")
        return file

    return find
