"""A gym whose pool and yearly cards no rule of the shop's taxonomy knows."""

import pandas as pd

POOL = ["泳池水质浑浊得很", "泳池救生员不在岗", "泳池水质差得很", "泳池救生员玩手机", "泳池水质发绿"]
CARD = ["年卡转让办不下来", "年卡冻结不给办", "年卡转让推三阻四", "年卡冻结推三阻四", "年卡转让不让办"]
PARAMS = """name: 健身房
industry: ecommerce   # 先用电商的
period: "2026-09"
sources:
  - {name: 工单, path: data/工单.csv, channel: 在线客服}
"""


def rows():
    """Twenty feedbacks about the pool and as many about yearly cards."""
    words = [f"{text}，{place}" for place in ("一楼", "二楼", "周末", "晚上") for text in POOL + CARD]
    days = [f"2026-09-{1 + i % 28:02d} 10:00" for i in range(len(words))]
    numbers = [f"G{i:03d}" for i in range(len(words))]
    return pd.DataFrame({"工单号": numbers, "反馈内容": words, "创建时间": days})
