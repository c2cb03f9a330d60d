"""A function that ends where another begins is proposed as renamed, and nothing is changed by that."""

import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.clean import privacy
from voc_lib.report.conclusions.usage import _unused
from voc_lib.usage import renames


@pytest.fixture
def used(events):
    """A function from names with first and last day of September to events twice a day of five people."""

    def made(**days):
        return events(
            *(
                (f"E{(day + hour) % 5}", f"2026-09-{day:02} {hour}:00", name)
                for name, (first, last) in days.items()
                for day in range(first, last + 1)
                for hour in (9, 14)
            )
        )

    return made


def named(rows):
    return renames.pairs(rows)[["former", "function"]].values.tolist()


def test_a_name_that_ends_where_another_begins_is_proposed(used):
    (pair,) = renames.pairs(used(客户跟进=(1, 14), 客户跟进记录=(15, 30), 首页=(1, 30))).to_dict("records")
    assert (pair["former"], pair["function"], pair["shared"]) == ("客户跟进", "客户跟进记录", 5)
    assert (pair["last"].day, pair["first"].day) == (14, 15)


def test_an_idle_function_is_said_with_the_name_it_seems_to_bear_now_and_the_hint_is_readable(used):
    rows = used(公海=(1, 14), 线索池=(15, 30), 首页=(1, 30))
    idle = schema.shape(
        pd.DataFrame({"function": ["公海"], "state": "本期未用", "visits": 0, "users": 0}),
        schema.USAGE_FUNCTIONS,
    )
    table = renames.told(idle, rows)
    assert table["successor"].tolist() == ["线索池"]
    (said,) = _unused(table)
    assert "“公海”（像是改名为“线索池”）" in str(said)
    (note,) = renames.notes(rows, pd.Series(["公海"]))
    assert "把“公海”填在曾用名一栏" in privacy.mask_text(note)


def test_a_lone_pair_needs_no_likeness_of_names(used):
    assert named(used(拜访=(1, 14), 客户跟进记录=(15, 30), 首页=(1, 30))) == [["拜访", "客户跟进记录"]]


def test_of_several_the_names_tell_which(used):
    rows = used(客户跟进=(1, 14), 报价=(1, 14), 客户跟进记录=(15, 30), 新报价=(15, 30), 看板=(15, 30))
    assert sorted(named(rows)) == [["客户跟进", "客户跟进记录"], ["报价", "新报价"]]


@pytest.mark.parametrize(
    "days",
    [
        {"客户跟进": (1, 14), "客户跟进记录": (20, 30)},  # a week apart
        {"客户跟进": (1, 20), "客户跟进记录": (15, 30)},  # both at once
        {"客户跟进": (1, 27), "客户跟进记录": (28, 30)},  # three days of silence are chance
    ],
)
def test_other_ends_and_beginnings_are_no_renaming(used, days):
    assert named(used(**days, 首页=(1, 30))) == []


def test_other_people_are_no_renaming(used):
    rows = used(客户跟进=(1, 14), 客户跟进记录=(15, 30))
    others = rows["user_id"].astype("str").where(rows["at"].dt.day < 15, "X" + rows["user_id"].astype("str"))
    assert named(rows.assign(user_id=pd.Categorical(others))) == []


def test_a_list_that_names_both_tells_them_apart_and_else_says_what_to_write(used):
    rows = used(客户跟进=(1, 14), 客户跟进记录=(15, 30))
    assert renames.notes(rows, pd.Series(["客户跟进", "客户跟进记录"])) == []
    (note,) = renames.notes(rows, pd.Series([], dtype="str"))
    assert "一行“客户跟进记录,客户跟进”" in note and "functions: {path:" in note and "统计没有改动" in note
    assert "删去“客户跟进”一行" in renames.notes(rows, pd.Series(["客户跟进"]))[0]
    assert "删去" not in renames.notes(rows, pd.Series(["客户跟进记录"]))[0]


def test_what_is_proposed_is_counted_apart_until_the_list_says_so(opened, used):
    rows = used(客户跟进=(1, 14), 客户跟进记录=(15, 30))[["user_id", "at", "function"]].astype("str")
    text = rows.set_axis(["工号", "操作时间", "功能"], axis=1).to_csv(index=False)
    log = opened({"log.csv": text})
    assert any("像是改了名" in note for note in log.notes) and log.events["function"].nunique() == 2
    told = {"log.csv": text, "functions.csv": "功能,曾用名\n客户跟进记录,客户跟进\n"}
    log = opened(told, functions={"path": "functions.csv"})
    assert not any("像是改了名" in note for note in log.notes) and log.events["function"].nunique() == 1
