"""Recordings written down by software: stamps are a place and a time of the talk, never a date."""

import pytest

from tests.collect.test_transcripts import crm
from voc_lib.errors import DataError

TENCENT = """会议主题：CRM 使用座谈
会议时间：2026/09/10 14:30
参会人：发言人1（销售）、发言人2（客服）

发言人1(00:03:12)
月底报表中心根本打不开。
发言人2（00:03:40）：
工单搜不到，要翻好几页。
发言人1(00:04:02)：导入也老是报错。
"""
FEISHU = """CRM 访谈
2026年9月10日 下午 2:30|1小时 2分钟 5秒
关键词：
报表、导入、权限

文字记录

王敏 00:00:03
最近用得怎么样？
李雪 01:02:05
报表打不开，只好半夜来跑。
"""
VTT = """WEBVTT - 2026-09-10

NOTE 机器转写

1
00:00:01.000 --> 00:00:03.000
<v 主持人>报表怎么样？</v>

2
00:12:31.000 --> 00:12:33.500 align:start
<v 李雪(销售)>月底<b>打不开</b></v>

3
00:12:34.000 --> 00:12:36.000
<v 李雪(销售)>要等到半夜</v>

4
00:20:00.000 --> 00:20:02.000
<v 李雪(销售)>导入 &lt;E413&gt; 报错</v>
"""
SRT = (
    "1\r\n00:00:01,000 --> 00:00:03,000\r\n报表中心\r\n\r\n2\r\n00:00:03,200 --> 00:00:05,000\r\n"
    "月底打不开。\r\n\r\n3\r\n00:00:05,100 --> 00:00:07,000\r\n审批太慢\r\n"
)
NUMBERED = "时间：2026-09-10{clock}\n主持人 {a}\n怎么样？\n受访者A {b}\n报表太慢\n受访者A {c}\n导入报错\n"


def times(found):
    return found.feedback["created_at"].astype(str).tolist()


def test_stamps_in_brackets_after_the_name_are_place_and_time(load):
    found = crm(load, {"访谈/座谈.txt": TENCENT})
    rows = found.feedback
    assert rows["text"].str[:4].tolist() == ["月底报表", "工单搜不", "导入也老"]
    assert rows["remark"].tolist() == ["录音 00:03:12", "录音 00:03:40", "录音 00:04:02"]
    assert times(found) == ["2026-09-10 14:33:12", "2026-09-10 14:33:40", "2026-09-10 14:34:02"]
    assert set(rows["product"]) == {"销售", "客服"}


def test_the_head_that_software_writes_tells_when_it_began(load):
    found = crm(load, {"访谈/妙记.txt": FEISHU}, speakers={"王敏": "主持人", "李雪": "销售"})
    assert found.feedback["text"].tolist() == ["报表打不开，只好半夜来跑。"]
    assert times(found) == ["2026-09-10 15:32:05"]
    assert found.feedback["remark"].tolist() == ["录音 01:02:05；问：最近用得怎么样？"]


def test_voices_of_subtitles_are_speakers_and_cues_that_follow_are_one_utterance(load):
    found = crm(load, {"访谈/访谈.vtt": VTT}, created_at="2026-09-10")
    rows = found.feedback
    assert rows["text"].tolist() == ["月底打不开要等到半夜", "导入 <E413> 报错"]
    assert rows["line"].tolist() == [11, 19] and set(rows["product"]) == {"销售"}
    assert rows["remark"].tolist() == ["录音 00:12:31；问：报表怎么样？", "录音 00:20:00；问：报表怎么样？"]
    read = found.reads.iloc[0]
    assert "时间标记" in read["aside_kinds"] and read["lines"] == len(VTT.splitlines())


def test_subtitles_without_voices_are_sentences(load):
    found = crm(load, {"访谈/访谈.srt": SRT}, created_at="2026-09-10")
    assert found.feedback["text"].tolist() == ["报表中心月底打不开。", "审批太慢"]
    assert found.feedback["remark"].tolist() == ["录音 00:00:01", "录音 00:00:05"]
    assert any("没有写明谁在说话" in note for note in found.notes)


def test_the_same_words_in_a_file_of_any_name_are_subtitles(load):
    found = crm(load, {"访谈/导出.txt": SRT}, created_at="2026-09-10")
    assert len(found.feedback) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("WEBVTT\n\nNOTE 空的\n", "没有一条带时间轴的话"),
        ("WEBVTT\n\n00:00:01.000 --> 很久\n太慢\n", "第 3 行的时间轴读不懂"),
        ("WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n\n", "没有一条带时间轴的话"),
        ("WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n太慢\n", "created_at"),
    ],
)
def test_bad_subtitles_are_refused_in_a_sentence(load, words, said):
    with pytest.raises(DataError, match=said) as caught:
        crm(load, {"访谈/坏.vtt": words})
    assert "坏.vtt" in str(caught.value)


@pytest.mark.parametrize(
    ("clock", "a", "b", "c", "expected"),
    [
        (" 23:59", "00:05", "00:30", "01:10", ["2026-09-10 23:59:30", "2026-09-11 00:00:10"]),
        (" 14:30", "14:31:02", "14:31:30", "14:40:00", ["2026-09-10 14:31:30", "2026-09-10 14:40:00"]),
        ("", "23:58", "23:59", "00:01", ["2026-09-10 23:59:00", "2026-09-11 00:01:00"]),
        ("", "00:05", "00:30", "01:10", ["2026-09-10"] * 2),
        (" 14:30", "00:05", "10:30", "00:10", ["2026-09-10 14:40:30", "2026-09-10 14:30:00"]),
    ],
)
def test_elapsed_or_time_of_day_is_told_by_where_they_begin(load, clock, a, b, c, expected):
    found = crm(load, {"访谈/a.txt": NUMBERED.format(clock=clock, a=a, b=b, c=c)})
    assert times(found) == expected
    assert any("回到前面" in note for note in found.notes) is (c == "00:10")


def test_a_day_there_is_not_is_set_aside_with_its_reason(load):
    words = NUMBERED.format(clock=" 10:00", a="00:05", b="00:30", c="01:10").replace("09-10", "02-31")
    with pytest.raises(DataError, match="时间"):
        crm(load, {"访谈/a.txt": words})


def test_headings_that_come_again_are_nobody(load):
    talk = "时间：2026-09-10\n" + "报表\n月底打不开。\n审批\n要等三天。\n" * 2
    found = crm(load, {"访谈/a.txt": talk}, speakers={})
    assert found.feedback["customer_id"].isna().all()


def test_names_on_lines_of_their_own_are_who_speaks(load):
    talk = (
        "时间：2026-09-10\n李雪\n报表打不开。\n陈静\n[00:10]\n名单要手工导。\n李雪\n嗯嗯\n陈静\n权限不够。\n"
    )
    found = crm(load, {"访谈/a.txt": talk})
    assert found.feedback["text"].tolist() == ["报表打不开。", "名单要手工导。", "权限不够。"]
    assert found.feedback["customer_id"].nunique() == 2
    assert found.feedback["customer_id"].notna().all()
