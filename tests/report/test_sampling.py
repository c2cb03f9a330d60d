import pandas as pd

from voc_lib import schema
from voc_lib.report import sampling


def survey(**values):
    rows = [
        {"source": "问卷", "indicator": name, "group": "全部", "value": value, "low": 0.1, "high": 0.9}
        for name, value in values.items()
    ]
    return schema.shape(pd.DataFrame(rows), schema.SURVEY_QUALITY)


def test_a_survey_is_one_sentence_with_its_rates():
    said = sampling.surveys(survey(答卷数=1200, 响应率=0.3, 完成时间=101.5, 直线作答率=0.02, 有效答卷率=0.9))
    assert said.items[0].startswith("问卷：答卷 1,200 份，响应率 30.0%（95% 区间 10.0%–90.0%）")
    assert "直线作答率 2.0%" in said.items[0] and said.tone == "info"


def test_what_is_not_known_and_what_is_weak_is_said():
    said = sampling.surveys(survey(答卷数=12, 有效答卷率=0.5))
    assert "invited" in said.items[0] and said.tone == "warn"
    assert "不统计" in str(sampling.surveys(schema.empty(schema.SURVEY_QUALITY)))
