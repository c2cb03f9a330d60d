"""Small logs written to files and opened as a report opens them."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

from voc_lib import params
from voc_lib.usage import log

KEY = b"0123456789abcdef"
FEEDBACK = "编号,内容,时间\n1,太慢了,2026-09-01\n"


@pytest.fixture
def opened(tmp_path: Path):
    """A function from files (name -> text or frame) and params to the opened log."""

    def open_log(files, logs="log.csv", **more):
        for name, content in {"feedback.csv": FEEDBACK, **files}.items():
            if isinstance(content, pd.DataFrame):
                content.to_parquet(tmp_path / name)
            else:
                (tmp_path / name).write_text(content, encoding="utf-8")
        ref = logs if isinstance(logs, dict) or logs is None else {"path": logs}
        said = {
            "name": "t",
            "period": "2026-09",
            "sources": [{"name": "a", "path": "feedback.csv"}],
            **({"logs": ref} if logs else {}),
        }
        file = tmp_path / "params.yaml"
        file.write_text(yaml.safe_dump(said | more, allow_unicode=True), encoding="utf-8")
        return log.opened(params.load(file), KEY)

    return open_log


@pytest.fixture
def events():
    """A function from rows (user, time, function[, failed, duration]) to events as `opened` sorts them."""

    def made(*rows):
        frame = pd.DataFrame(
            [(*row, *(None,) * (5 - len(row))) for row in rows],
            columns=["user_id", "at", "function", "failed", "duration_ms"],
        )
        frame = frame.assign(
            at=pd.to_datetime(frame["at"], format="ISO8601").astype("datetime64[us]"), action=None, error=None
        )
        kinds = {c: "category" for c in ("user_id", "function", "action", "error")}
        numbers = {"failed": "float32", "duration_ms": "float64"}
        return (
            frame.astype({c: "str" for c in kinds})
            .astype(kinds | numbers)
            .sort_values(["user_id", "at"], kind="stable", ignore_index=True)
        )

    return made
