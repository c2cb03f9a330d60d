"""Two people at one entry: different fields are both kept, the same field is told with both values."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.register.test_known import MEASURE, put, stands
from voc_lib import knowledge
from voc_lib.errors import DataError, OvertakenError, ParamsError
from voc_lib.register import database, items, known

BEGUN = {"measures": [MEASURE]}
COLUMNS = ("resources", "pilot", "result", "obstacles", "document", "cause", "goal", "action")


def changed(**fields):
    return {"measures": [{**MEASURE, **fields}]}


@pytest.fixture
def seen(engine):
    """What two people have in front of them."""
    put(engine, BEGUN)
    return known.state(engine, "小店")


def test_two_who_change_different_fields_of_one_measure_both_win(engine, seen):
    put(engine, changed(due="2026-05-31"), held=seen, who="李强")
    assert put(engine, changed(owner="赵六", result="好"), held=seen) == 1
    measure = stands(engine).measure("M01")
    assert (str(measure.due), measure.owner, measure.result) == ("2026-05-31", "赵六", "好")
    last = known.history(engine, "小店").iloc[-1]
    assert json.loads(last["old"])["due"] == "2026-05-31" and last["version"] == 3


def test_fields_of_a_review_are_fields_of_their_own(engine, seen):
    put(engine, changed(review={"resources": "足够"}), held=seen, who="李强")
    put(engine, changed(review={"risks": "旺季"}, stages={"rollout": "2026-04-28"}), held=seen)
    found = stands(engine).measure("M01").review
    assert (found.resources, found.risks) == ("足够", "旺季")
    with pytest.raises(OvertakenError, match=r"review\.risks 现在是 “旺季”，您的是 “淡季”"):
        put(engine, changed(review={"risks": "淡季"}), held=seen)


def test_what_was_changed_and_changed_back_joins_nothing(engine, seen):
    put(engine, changed(due="2026-05-31"), who="李强")
    put(engine, BEGUN, who="李强")
    wished = known.edits(seen, knowledge.read(changed(result="好"), where="表"))
    assert len(wished) == 1 and known.joined(wished, known.state(engine, "小店")) == []


def test_of_two_fields_only_the_one_both_changed_is_told(engine, seen):
    put(engine, changed(due="2026-05-31", result="好"), held=seen, who="李强")
    with pytest.raises(OvertakenError) as error:
        put(engine, changed(due="2026-06-30", owner="赵六"), held=seen)
    told = str(error.value)
    assert "due 现在是 “2026-05-31”，您的是 “2026-06-30”" in told
    assert "result" not in told and "owner" not in told
    assert stands(engine).measure("M01").owner == "王敏"


def test_each_field_is_told_with_who_changed_it(engine, seen):
    put(engine, changed(due="2026-05-31"), held=seen, who="李强")
    put(engine, changed(result="好"), held=seen, who="赵六")
    with pytest.raises(OvertakenError) as error:
        put(engine, changed(due="2026-06-30", result="差"), held=seen)
    told = str(error.value)
    assert (
        "李强 已于 2026-10-01 09:00 改过：due" in told and "赵六 已于 2026-10-01 09:00 改过：result" in told
    )


def test_what_says_something_only_together_is_one_field(engine, seen):
    put(engine, changed(done="2026-04-28"), held=seen, who="李强")
    with pytest.raises(
        OvertakenError, match="cancelled 现在是 （无），您的是 “true”；done 现在是 “2026-04-28”"
    ):
        put(engine, changed(cancelled=True), held=seen)


def test_fields_that_do_not_fit_together_are_refused(engine, seen):
    put(engine, changed(start="2026-04-20"), held=seen, who="李强")
    with pytest.raises(ParamsError, match="完成日期 2026-04-10 早于开始日期 2026-04-20"):
        put(engine, changed(due="2026-04-10"), held=seen)


def test_windows_say_something_only_with_what_is_measured(engine, seen):
    put(engine, changed(before="2026-01-01..2026-02-28"), held=seen, who="李强")
    with pytest.raises(OvertakenError, match="before 现在是"):
        put(engine, changed(after="2026-06-01..2026-09-30"), held=seen)


def test_a_withdrawn_entry_is_no_field(engine, seen):
    put(engine, {"measures": []}, held=seen, who="李强")
    with pytest.raises(DataError, match="撤回；您要保存的是"):
        put(engine, changed(owner="赵六"), held=seen)


def test_one_call_entered_by_two_is_one_and_two_measures_of_one_number_are_not(engine, seen):
    call = {"measure": "M01", "feedback_id": "F1"}
    put(engine, {**BEGUN, "revisits": [{**call, "score": 4}]}, held=seen, who="李强")
    put(engine, {**BEGUN, "revisits": [{**call, "note": "满意"}]}, held=seen)
    assert (stands(engine).revisits[0].score, stands(engine).revisits[0].note) == (4, "满意")
    new = {**MEASURE, "id": "M02"}
    put(engine, {"measures": [MEASURE, new]}, held=seen, who="李强")
    with pytest.raises(
        OvertakenError, match=r"措施 M02：李强 已于 .* 改过：result 现在是 （无），您的是 “好”"
    ):
        put(engine, {"measures": [MEASURE, {**new, "result": "好"}]}, held=seen)


def test_many_writers_at_once_each_at_a_field_of_their_own_all_win(engine, url, seen):
    ready = Barrier(len(COLUMNS))

    def write(name):
        mine = database.open(url)  # a connection of one's own, as in another process
        ready.wait()
        try:
            return put(mine, changed(**{name: f"{name}写的"}), held=seen, who=name)
        finally:
            mine.dispose()

    with ThreadPoolExecutor(len(COLUMNS)) as pool:
        assert list(pool.map(write, COLUMNS)) == [1] * len(COLUMNS)
    measure = stands(engine).measure("M01")
    assert [getattr(measure, name) for name in COLUMNS] == [f"{name}写的" for name in COLUMNS]
    versions = known.history(engine, "小店")["version"].tolist()
    assert versions == list(range(1, len(COLUMNS) + 2))


def test_two_who_add_to_the_steps_of_one_measure_both_win(engine):
    put(engine, changed(steps=["招聘", "上线"]))
    seen = known.state(engine, "小店")
    put(engine, changed(steps=["招聘", "上线", "验收"]), held=seen, who="李强")
    put(engine, changed(steps=["采购", "招聘 12 人", "上线"]), held=seen)
    assert stands(engine).measure("M01").steps == ["采购", "招聘 12 人", "上线", "验收"]
    with pytest.raises(OvertakenError, match="steps 现在是"):
        put(engine, changed(steps=["招聘 5 人", "上线"]), held=seen)


def test_two_who_write_at_one_bone_both_win(engine):
    def boned(*causes):
        return {"causes": [{"problem": "物流延迟", "fishbone": {"人": list(causes)}}]}

    put(engine, boned("缺人", "不熟"))
    seen = known.state(engine, "小店")
    put(engine, boned("缺人"), held=seen, who="李强")
    put(engine, boned("缺人", "不熟", "流动大"), held=seen)
    assert stands(engine).analysis("物流延迟").fishbone == {"人": ["缺人", "流动大"]}


LISTS = st.lists(st.sampled_from("甲乙丙丁戊己"), unique=True, max_size=5)


@given(LISTS, LISTS, LISTS)
def test_a_joined_list_holds_what_both_added_and_not_what_either_took_out(base, theirs, mine):
    both, turned = items.joined(base, theirs, mine), items.joined(base, mine, theirs)
    assert (both is None) == (turned is None)
    if both is not None and turned is not None:
        kept = {item for item in base if item in theirs and item in mine}
        assert set(both) == kept | {*theirs, *mine} - {*base} and len(set(both)) == len(both)
        assert [item for item in both if item in base] == [item for item in base if item in both]
        assert [i for i in both if i in theirs] == [i for i in theirs if i in both]
