"""One sample per test session: writing it takes seconds."""

import json
from pathlib import Path

import pytest

from voc_lib.sample import Truth, write
from voc_lib.sample.shop import Shop


@pytest.fixture(scope="session")
def shop(tmp_path_factory) -> tuple[Path, Truth]:
    folder = tmp_path_factory.mktemp("sample")
    return folder, write(folder)


@pytest.fixture(scope="session")
def said():
    return Shop.open(20260901).voices()


@pytest.fixture(scope="session")
def texts(shop):
    """feedback_id -> text, as a reader finds them in the files."""
    return dict(read_texts(shop[0] / "data"))


def read_texts(data: Path):
    import pandas as pd

    tickets = pd.read_csv(data / "客服工单.csv", encoding="gb18030", dtype=str)
    yield from zip(tickets["工单号"], tickets["反馈内容"], strict=True)
    calls = pd.read_excel(data / "电话投诉登记表.xlsx", header=3, engine="calamine", dtype=str)
    yield from zip(calls.iloc[:, 0], calls["反馈内容"], strict=True)
    survey = pd.read_csv(data / "满意度问卷导出.csv", dtype=str)
    yield from zip(survey["答卷编号"], survey["4、您还有什么想对我们说的"], strict=True)
    social = pd.read_csv(data / "社交媒体监测.tsv", sep="\t", dtype=str)
    yield from zip(social["内容ID"], social["发布内容"], strict=True)
    for file, names in {
        "应用商店评价.jsonl": ("review_id", "content"),
        "在线聊天_2026.jsonl": ("会话编号", "客户留言"),
    }.items():
        for line in (data / file).read_text(encoding="utf-8").splitlines():
            if line.endswith("}"):
                record = json.loads(line)
                yield record[names[0]], record[names[1]]
