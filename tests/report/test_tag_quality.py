import pandas as pd
import pytest
import yaml

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.report import tag_quality
from voc_lib.tag.learn import Gain

SEPTEMBER = Period.parse("2026-09")
NOBODY = pd.DataFrame({"tags": pd.Series(dtype="str")})


def quality(**whole):
    rows = [
        {"tag": "全部", "n": 10, "share": 1.0, "gold_n": 0} | whole,
        {"tag": "物流延迟", "n": 4, "share": 0.4},
    ]
    return schema.shape(pd.DataFrame(rows), schema.TAG_QUALITY)


def measured():
    figures = {f"{name}{end}": value for name in ("precision", "recall", "f1")
               for end, value in (("", 0.9), ("_low", 0.85), ("_high", 0.94))}  # fmt: skip
    kappa = {"kappa": 0.81, "kappa_low": 0.7, "kappa_high": 0.92, "alpha": 0.8, "coded_n": 60}
    table = quality(gold_n=200, **figures, **kappa)
    for name, value in {"corrected": 0.3, "corrected_low": 0.25, "corrected_high": 0.36, **figures}.items():
        table.loc[1, name] = value
    return table


def test_without_a_gold_sample_the_accuracy_is_unknown_and_how_to_measure_is_said():
    view = tag_quality.accuracy(quality(), NOBODY)
    assert "打标准确率未知" in tag_quality.line(quality()) and "第 3 步" in tag_quality.line(quality())
    assert "准确率未知" in str(view) and "抽一份样本盲标" in str(view) and "%" not in str(view)
    assert [column["label"] for column in tag_quality.table(quality()).columns] == [
        "主标签",
        "本期问题数",
        "占比",
    ]


def test_measured_accuracy_comes_with_interval_base_and_agreement():
    said = str(tag_quality.accuracy(measured(), NOBODY))
    assert "随机样本 200 条（按标签分层" in said and "主标签准确率为 90.0%（85.0%–94.0%）" in said
    assert "打标准确率 90.0%（85.0%–94.0%），n=200" in tag_quality.line(measured())
    assert "物流延迟的占比 40.0% 高估了：扣除打标误差后为 30.0%（25.0%–36.0%）" in said
    assert "κ = 0.81（95% 区间 0.70–0.92）" in said and "α = 0.80" in said
    assert tag_quality.table(measured()).rows[1][3] == "30.0%（25.0%–36.0%）"


def test_tags_without_problems_are_counted_in_a_note_and_stand_in_the_workbook():
    idle = schema.shape(pd.DataFrame([{"tag": "退换货", "n": 0, "share": 0.0}]), schema.TAG_QUALITY)
    shown = tag_quality.table(pd.concat([quality(), idle], ignore_index=True))
    assert [row[0] for row in shown.rows] == ["全部", "物流延迟"]
    assert "另有 1 个标签本期没有问题" in shown.notes[0]


def test_corrections_are_said_to_measure_nothing_and_the_systems_category_no_truth():
    corrected = pd.DataFrame({"tags": ["EC-LOG", None]}, dtype="str")
    said = str(
        tag_quality.accuracy(quality(given_n=50, given_share=0.9, given_low=0.8, given_high=0.95), corrected)
    )
    assert "1 条标签更正已生效" in said and "不用来算准确率" in said
    assert "一致 90.0%（80.0%–95.0%）；原分类本身也会错，这不是准确率" in said


def groups(*rows):
    return pd.DataFrame(list(rows), columns=["group", "scored", "spoken", "right", "share", "low", "high"])


def test_sentiment_says_how_often_it_agrees_with_scores():
    whole = ("全部", 100, 90, 72, 0.8, 0.7, 0.87)
    said = str(
        tag_quality.sentiment(
            groups(whole, ("低分", 60, 50, 45, 0.9, 0, 1), ("高分", 40, 40, 27, 0.675, 0, 1))
        )
    )
    assert "共 100 条，90 条有情感字词" in said and "80.0%（70.0%–87.0%）" in said and "67.5%" in said
    nothing = groups(*[(name, 0, 0, 0, None, None, None) for name in ("全部", "低分", "高分")])
    assert "未知" in str(tag_quality.sentiment(nothing))


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [(0.01, 0.05, "值得开启"), (-0.01, 0.02, "误差范围内"), (-0.05, -0.01, "不要开启")],
)
def test_the_model_is_recommended_only_where_the_gain_is_sure(low, high, word):
    said = str(tag_quality.model(Gain(300, ("甲", "乙"), 0.8, 0.82, low, high, 0.7), used=False))
    assert word in said and "未开启" in said and "变化 +2.0 个百分点" in said


def test_too_few_labels_to_try_a_model_is_said():
    assert "不足 200 条" in str(tag_quality.model(None, used=False))


def issues(month, tags):
    frame = pd.DataFrame(
        {"primary_tag": tags, "intent": "抱怨", "created_at": pd.Timestamp(f"2026-{month}-05")}
    )
    return schema.shape(frame.assign(issue_id=[f"{month}{i}" for i in range(len(frame))]), schema.ISSUES)


def test_a_growing_share_of_other_is_a_warning_and_a_steady_one_is_not():
    before = issues("08", ["其他"] * 10 + ["物流延迟"] * 90)
    grown = tag_quality.other(pd.concat([before, issues("09", ["其他"] * 40 + ["物流延迟"] * 60)]), SEPTEMBER)
    assert grown.tone == "warn" and "变化 +30.0 个百分点" in str(grown) and "新词候选" in str(grown)
    same = tag_quality.other(pd.concat([before, issues("09", ["其他"] * 11 + ["物流延迟"] * 89)]), SEPTEMBER)
    assert same.tone == "info" and "在误差范围内" in str(same)
    assert "没有可比数据" in str(tag_quality.other(issues("09", ["其他"]), SEPTEMBER))


def test_new_words_are_ready_to_paste():
    row = {"term": "积分", "n": 20, "example": "积分清零" * 20, "feedback_id": "1", "yaml": "x"}
    words = schema.shape(pd.DataFrame([row, {**row, "term": "[{坏"}]), schema.NEW_WORDS)
    said = str(tag_quality.new_words(words))
    assert "积分：20 条" in said and "…" in said
    piece = said.split("tags 下：", 1)[1]
    assert yaml.safe_load(piece) == [{"name": "标签名", "phrases": ["积分", "[{坏"]}]


def test_rules_that_hit_nothing_or_clash_are_named():
    rows = [("物流延迟", "慢", 9, 5), ("服务态度", "凶", 0, 0)]
    frame = pd.DataFrame(rows, columns=["tag", "rule", "hits", "conflict"])
    said = str(tag_quality.rules(schema.shape(frame, schema.RULE_CHECK)))
    assert "2 条规则中 1 条本期没有命中" in said and "“慢”命中 9 条，其中 5 条同时命中别的标签" in said


def test_an_empty_month_is_a_sentence():
    assert str(tag_quality.accuracy(schema.empty(schema.TAG_QUALITY), NOBODY))
    assert str(tag_quality.new_words(schema.empty(schema.NEW_WORDS)))
    assert str(tag_quality.rules(schema.empty(schema.RULE_CHECK)))
    assert str(tag_quality.other(schema.empty(schema.ISSUES), SEPTEMBER))
