import re
import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from voc_lib import schema
from voc_lib.clean import characters, detectors, flats, people, privacy
from voc_lib.clean.vicinity import BREAK
from voc_lib.collect import Collected
from voc_lib.errors import DataError, ParamsError

FOLDER = Path(__file__).parents[1] / "cases"
CASES, HELD_OUT = (
    yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    for name in ("privacy.yaml", "privacy_heldout.yaml")
)
MARK = re.compile(r"\{([^|{}]+)\|([^{}]*)\}")
KEY = b"0123456789abcdef0123456789abcdef"


def labelled(line):
    """The bare text of a line and its labels (start, end, kind)."""
    text, labels, last = "", set(), 0
    for match in MARK.finditer(line):
        text += line[last : match.start()]
        labels.add((len(text), len(text) + len(match[2]), match[1]))
        text, last = text + match[2], match.end()
    return text + line[last:], labels


LINES = [labelled(line) for line in CASES["personal"] + CASES["nothing_personal"]]
TEXTS = [text for text, _ in LINES]


def found(texts):
    hits = dict(privacy.find(pd.Series(texts, dtype="str")))
    return [set(hits.get(row, ())) for row in range(len(texts))]


def test_recall_and_precision_on_the_hand_labelled_lines():
    hits = found(TEXTS)
    right = sum(len(labels & got) for (_, labels), got in zip(LINES, hits, strict=True))
    labels, got = sum(len(labels) for _, labels in LINES), sum(map(len, hits))
    assert len(LINES) >= 500 and len(CASES["nothing_personal"]) >= len(LINES) // 2
    assert right / labels >= 0.99 and right / got >= 0.99


@pytest.mark.parametrize("part", ["ordinary", "disguised", "names"])
def test_what_the_held_out_lines_hold_is_found(part):
    lines = [labelled(line) for line in HELD_OUT[part]]
    assert found([text for text, _ in lines]) == [labels for _, labels in lines]


def test_the_held_out_traps_are_left_alone():
    masked = privacy.mask(pd.Series(HELD_OUT["nothing_personal"], dtype="str"))
    assert masked.tolist() == HELD_OUT["nothing_personal"] and len(masked) >= 130


@pytest.mark.parametrize("kind", sorted(privacy.TOKENS))
def test_every_kind_is_found_and_replaced_by_its_token(kind):
    mine = [(text, labels) for text, labels in LINES if any(k == kind for *_, k in labels)]
    masked = privacy.mask(pd.Series([text for text, _ in mine], dtype="str"))
    assert sum(privacy.TOKENS[kind] in text for text in masked) >= 0.95 * len(mine) and len(mine) >= 6


def unscreened(read):
    """The reading of a block in which every text may hold a telephone."""

    def whole(text):
        everywhere = [(0, len(text))]
        return replace(read(text), eleven=everywhere, many=everywhere)

    return whole


def test_what_screens_leave_out_holds_nothing(monkeypatch):
    rng = np.random.default_rng(8)
    marks = ["", "，", "。", " ", "的", "：", "138", "\n"]
    pairs = rng.integers(0, len(TEXTS), (20_000, 2)).tolist()
    texts = pd.Series([TEXTS[a] + marks[(a + b) % 8] + TEXTS[b] for a, b in pairs], dtype="str")
    screened = list(privacy.find(texts))
    monkeypatch.setattr(detectors, "read", unscreened(detectors.read))
    monkeypatch.setattr(characters, "may_be_named", lambda _, at, least: np.ones(len(at), dtype=bool))
    assert list(privacy.find(texts)) == screened and len(screened) > 10_000


PIECES = [text for text in TEXTS if len(text) < 25] + [
    "物流太慢。",
    "，",
    "\n",
    "\u200b",
    " ",
    "a",
    "1",
    "138",
]
MIXED = st.lists(st.sampled_from(PIECES), max_size=4).map("".join) | st.text(
    st.sampled_from(list("0123456789- 微信号qQ@.com地址京A一二路号室张先生客服小李娜①٣壹点\u200b\n")),
    max_size=30,
)


@given(MIXED)
def test_masked_text_holds_nothing_more_to_mask(text):
    masked = privacy.mask_text(text)
    assert privacy.mask_text(masked) == masked


@given(st.lists(MIXED, max_size=5))
def test_no_text_touches_another(texts):
    assert privacy.mask(pd.Series(texts, dtype="str")).tolist() == [privacy.mask_text(text) for text in texts]


def test_a_cue_reaches_into_no_other_text():
    texts = ["微信号", "123456", "姓名", "李四", "电话", "88886666"]
    assert privacy.mask(pd.Series(texts, dtype="str")).tolist() == texts


def test_words_that_tell_of_noise_look_into_no_other_text():
    texts = ["去掉中间的符号", "订单1a5b7c3d0e6f8g4h1i2j5"]
    assert privacy.mask(pd.Series(texts, dtype="str")).tolist() == texts


def test_what_cannot_be_seen_hides_no_number():
    assert privacy.mask_text("打138\u200b0013\u200b8000\u200b找我") == "打[手机号]找我"


@pytest.mark.parametrize("number", ["㈠㊂800138000", "①３800١38㊇00", "1㈢8零零138000"])
def test_digits_in_circles_and_of_other_scripts_hide_no_number(number):
    assert privacy.mask_text(f"打{number}找我") == "打[手机号]找我"


def test_numerals_that_are_no_digits_are_no_part_of_a_number():
    assert privacy.mask_text("型号Ⅳ13800138000") == "型号Ⅳ[手机号]"


def test_missing_texts_and_the_index_are_kept():
    masked = privacy.mask(pd.Series([None, "电话13800138000"], index=["a", "b"], dtype="str"))
    assert masked.isna().tolist() == [True, False] and masked["b"] == "电话[手机号]"


def collected():
    feedback = {
        "feedback_id": ["1", "2"],
        "customer_id": ["13800138000", "匿名"],
        "created_at": pd.Timestamp("2026-09-01"),
        "channel": "电话",
        "source": "工单",
        "file": "a.csv",
        "line": [1, 2],
        "text": ["请打13800138000", "太慢"],
        "request": ["发到a@example.com", None],
        "remark": "身份证11010119900307109X",
        "customer_name": "王小明",
        "contact": "138-0013-8000",
    }
    tables = {
        "feedback": feedback,
        "quarantine": {
            "source": ["工单"],
            "file": "a.csv",
            "line": 3,
            "reason": "无日期",
            "raw": "电话13800138000",
        },
        "customers": {"customer_id": ["13800138000"]},
        "orders": {
            "order_id": ["o1"],
            "customer_id": "13800138000",
            "ordered_at": pd.Timestamp("2026-01-01"),
        },
        "status_events": {
            "ticket_id": ["13800138000"],
            "state": "转a@example.com",
            "at": pd.Timestamp("2026-09-01"),
            "handler": "13800138000",
            "department": "客服部",
        },
    }
    names = ("feedback", "quarantine", "reads", "headers", "customers", "orders", "exposure", "kpis")
    names += ("status_events",)
    return Collected(
        **{name: schema.shape(pd.DataFrame(tables.get(name, {})), schema.table(name)) for name in names}
    )


def test_nothing_personal_is_left_in_any_protected_table():
    safe = privacy.protect(collected(), KEY)
    frames = [value for value in vars(safe).values() if isinstance(value, pd.DataFrame)]
    everything = "".join(frame.astype("str").to_json(force_ascii=False) for frame in frames)
    assert not any(
        secret in everything for secret in ("13800138000", "0013-8000", "a@example", "11010119", "小明")
    )
    schema.check(safe.feedback, schema.FEEDBACK)
    held = {
        name for name, value in vars(collected()).items() if isinstance(value, pd.DataFrame) and len(value)
    }
    assert all(len(getattr(safe, name)) == len(getattr(collected(), name)) for name in held)


def test_a_long_number_shows_its_head_alone():
    given = pd.Series(["010-66668888", "021 6666 8888", "075512345678", "1234567890123", "86 13800138000"])
    shown = ["010****8888", "021****8888", "075****5678", "123****", "138****8000"]
    assert privacy.half_contacts(given).tolist() == shown


def test_a_contact_shows_at_most_its_ends_whatever_it_is():
    given = ["138****8000", "1380013800", "138001380", "a@b@c.com", "abc@张三 公司", "Li", " "]
    shown = ["138****8000", "138****3800", "1**", "a***", "a***", "L**", None]
    found = privacy.half_contacts(pd.Series(given, dtype="str"))
    assert [None if pd.isna(value) else value for value in found] == shown


def test_hits_are_counted_by_kind():
    texts = pd.Series(["13800138000和a@example.com", "13900139000", None], dtype="str")
    counts = privacy.count(texts)
    assert counts[counts > 0].to_dict() == {"手机号": 2, "邮箱": 1} and set(counts.index) == {*privacy.TOKENS}


def test_a_customer_is_the_same_pseudonym_in_every_table_and_nobody_is_nobody():
    safe = privacy.protect(collected(), KEY)
    ids = {safe.feedback["customer_id"][0], safe.customers["customer_id"][0], safe.orders["customer_id"][0]}
    assert len(ids) == 1 and re.fullmatch(r"C[0-9a-f]{16}", ids.pop())
    assert safe.feedback["customer_id"].isna().tolist() == [False, True]
    assert safe.feedback["customer_name"][0] == "王**" and safe.feedback["contact"][0] == "138****8000"


def test_who_handled_a_ticket_stands_in_its_log_as_the_params_want():
    log = replace(collected(), status_events=collected().status_events.assign(handler="李娜"))
    seen = {mode: privacy.protect(log, KEY, handlers=mode).status_events for mode in ("name", "role")}
    assert [frame["handler"][0] for frame in seen.values()] == ["李娜", "客服部人员"]
    assert seen["name"]["ticket_id"][0] not in ("13800138000", "[手机号]")


def test_another_key_gives_other_pseudonyms_and_fingerprints():
    one, other = (privacy.protect(collected(), key).customers["customer_id"][0] for key in (KEY, KEY[::-1]))
    assert one != other and privacy.fingerprint(KEY) != privacy.fingerprint(KEY[::-1])


def test_the_key_is_made_once_and_only_its_owner_can_read_it(tmp_path, monkeypatch):
    monkeypatch.delenv(privacy.VARIABLE, raising=False)
    folder = tmp_path / "made" / "keys"
    key = privacy.load_key(folder)
    assert privacy.load_key(folder) == key and len(key) >= 32
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_key_others_can_read_is_refused(tmp_path, monkeypatch):
    monkeypatch.delenv(privacy.VARIABLE, raising=False)
    privacy.load_key(tmp_path)  # in a folder that is there already
    (tmp_path / privacy.KEY_FILE).chmod(0o644)
    with pytest.raises(DataError, match="chmod 600"):
        privacy.load_key(tmp_path)


def test_the_environment_wins_and_a_short_key_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv(privacy.VARIABLE, "k" * 32)
    assert privacy.load_key(tmp_path) == b"k" * 32 and not list(tmp_path.iterdir())
    monkeypatch.setenv(privacy.VARIABLE, "short")
    with pytest.raises(ParamsError, match="16") as error:
        privacy.load_key(tmp_path)
    assert "short" not in str(error.value)


def test_a_customer_who_says_their_own_name_is_not_named():
    texts = pd.Series(["我是王小明，快点", "王小明", None, "叫我老李", "桑吉的快递"], dtype="str")
    names = pd.Series(["王小明", " 王小明 ", "王小明", "李", "桑吉"], dtype="str")
    said = privacy.without_names(texts, names)
    assert said.fillna("").tolist() == ["我是[姓名]，快点", "[姓名]", "", "叫我老李", "[姓名]的快递"]


def test_labels_and_ids_that_are_somebodys_number_are_masked_everywhere():
    row = {"feedback_id": "13800138000", "created_at": "2026-09-01", "channel": "电话13900139000"}
    row |= {"source": "工单", "text": "太慢", "region": "a@example.com", "file": "13700137000.csv", "line": 2}
    plain = {**row, "feedback_id": "GD2026090001", "channel": "电话", "region": "华东", "line": 3}
    collected = Collected(
        feedback=schema.shape(pd.DataFrame([row, plain]), schema.FEEDBACK),
        **{
            name: schema.empty(schema.table(name))
            for name in ("quarantine", "reads", "headers", "customers", "orders", "exposure", "kpis")
        },
    )
    safe = privacy.protect(collected, b"0123456789abcdef").feedback
    assert safe["channel"].tolist() == ["电话[手机号]", "电话"] and safe["region"].tolist() == [
        "[邮箱]",
        "华东",
    ]
    assert safe["file"].tolist() == ["[手机号].csv"] * 2
    assert safe["feedback_id"].str.fullmatch("F[0-9a-f]{16}").tolist() == [True, False]


BY_KIND = yaml.safe_load((FOLDER / "masking.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", BY_KIND)
def test_what_is_personal_is_hidden_and_the_words_beside_it_are_kept(kind):
    for case in BY_KIND[kind]:
        masked = "".join(privacy.mask_text(case["text"]).split())
        assert not [value for value in case.get("hide", ()) if "".join(value.split()) in masked], masked
        assert all(word in masked for word in case.get("keep", ())), masked


OPEN = yaml.safe_load((FOLDER / "privacy_open.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("part", OPEN)
def test_lines_written_without_a_look_at_the_rules_are_hidden_but_for_those_listed(part):
    groups = yaml.safe_load((FOLDER / f"privacy_{part}.yaml").read_text(encoding="utf-8"))
    lines = [line for listed in groups.values() for line in listed]
    bare = pd.Series([labelled(line)[0] for line in lines], dtype="str")
    values = [[value for _, value in MARK.findall(line)] for line in lines]
    rows = zip(lines, bare, privacy.mask(bare), values, strict=True)
    wrong = [line for line, text, masked, secret in rows if still_wrong(text, masked, secret)]
    assert len(lines) > 250 and wrong == OPEN[part]


def still_wrong(text, masked, secret):
    """A value can still be read, or a line that holds none was changed."""
    shown = "".join(masked.split())
    return any("".join(value.split()) in shown for value in secret) if secret else masked != text


SPELLINGS = [
    "13800138000",
    "138-0013-8000",
    "138 0013 8000",
    "１３８００１３８０００",
    "１３８－００１３－８０００",
    "+86 138 0013 8000",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_an_id_that_is_a_telephone_is_a_pseudonym_however_it_is_spelt(spelling):
    ids = privacy.masked_ids(
        pd.Series([spelling, "GD20260901380013", "6901234567892", None], dtype="str"), KEY
    )
    assert re.fullmatch("F[0-9a-f]{16}", ids[0]) and ids[1:3].tolist() == [
        "GD20260901380013",
        "6901234567892",
    ]
    assert ids.isna().tolist() == [False, False, False, True]


@pytest.mark.parametrize("text", ["Vivox90很卡", "ValueError：坏了", "Vabcdefg"])
def test_a_text_that_begins_with_a_letter_that_may_stand_for_an_account_is_read(text):
    assert privacy.mask_text(text) == text


@pytest.mark.parametrize("words", ["version abc123", "vivoError", "Vabc_def1", "vabcde1 太慢了"])
def test_a_text_that_begins_like_an_account_masks_without_a_fault(words):
    """What stands before a cue was looked for before the first character of the first text."""
    assert len(privacy.mask(pd.Series([words]))) == 1


def test_a_pseudonym_is_not_taken_for_an_account():
    note = pd.Series(
        ["1 个账号（C0441118266395940）的 9 行", "登录账号H0441118266395940", "账号xy0441118266395940"]
    )
    assert privacy.mask(note).tolist() == [*note[:2], "账号[账号]"]


@pytest.mark.parametrize("said", ["王小明、", "张建军说"])
def test_a_name_said_again_and_again_is_offered_once_for_each_place(said):
    """A list was read from each of its names, and a text from each place of a name: 100 kB took minutes."""
    text = f"{said * 50}{BREAK}{said * 50}"
    names = [(at.start(), at.start() + 3, "姓名") for at in re.finditer(said[:3], text)]
    assert len([*people.together(text, names), *people.again(text, names)]) <= 3 * len(names)


def test_a_name_is_masked_again_however_far_from_where_it_was_found():
    far = "东西很好用。" * 20_000
    masked = privacy.mask_text(f"{far}张建军{far}客户张建军来电")
    assert "张建军" not in masked


def test_rooms_spelt_in_letters_are_read_once_and_not_from_each_of_their_parts():
    block = detectors.read("478 hao 3 zhuang 601 " * 20)
    assert len([*flats.flats(block)]) <= 20
