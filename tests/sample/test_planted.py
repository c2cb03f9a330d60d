"""Duplicates, personal strings and unusable rows, as they stand in the files."""

import re
from collections import Counter

from rapidfuzz import fuzz

from voc_lib.sample.people import id_check, luhn_digit


def of_kind(truth, kind):
    return [item["value"] for item in truth.personal if item["kind"] == kind]


def test_exact_copies_are_equal_across_sources(said):
    voices, groups = said
    for group in (g for g in groups if g.kind == "完全相同"):
        rows = [voices[i] for i in group.members]
        assert len({row.text for row in rows}) == 1 and len({row.customer.id for row in rows}) == 1
        assert len({row.source for row in rows}) == len(rows)


def test_reworded_copies_stay_inside_thirty_days_and_are_worded_anew(said):
    voices, groups = said
    for group in (g for g in groups if g.kind == "同客户同问题"):
        rows = [voices[i] for i in group.members]
        assert len({(row.customer.id, row.category) for row in rows}) == 1
        assert (max(row.at for row in rows) - min(row.at for row in rows)).days < 30
        assert rows[0].at == min(row.at for row in rows)
        assert all(fuzz.ratio(rows[0].text, row.text) < 80 for row in rows[1:])


def test_campaign_texts_are_near_and_come_from_different_people(said):
    voices, groups = said
    for group in (g for g in groups if g.kind == "群发文案"):
        rows = [voices[i] for i in group.members]
        assert all(fuzz.ratio(a.text, b.text) >= 90 for a in rows for b in rows)
        named = [row.customer.id for row in rows if row.customer]
        assert len(named) in (0, len(rows)) and len(set(named)) == len(named)


def test_groups_are_told_and_disjoint(shop):
    groups = [*shop[1].duplicates, *shop[1].campaigns]
    ids = [i for group in groups for i in group["feedback_ids"]]
    assert len(ids) == len(set(ids)) and set(ids) <= set(shop[1].feedback)
    kinds = Counter(group["kind"] for group in groups)
    assert kinds == {"完全相同": 66, "同客户同问题": 84, "群发文案": 6}


def test_personal_strings_have_valid_check_digits(shop):
    cards = [card.replace(" ", "") for card in of_kind(shop[1], "bankcard")]
    assert len(cards) >= 20 and all(luhn_digit(card[:-1]) == card[-1] for card in cards)
    idcards = of_kind(shop[1], "idcard")
    assert len(idcards) >= 20 and all(id_check(number[:-1]) == number[-1] for number in idcards)


def test_phones_come_in_every_writing(shop):
    phones = of_kind(shop[1], "phone")
    for shape in (r"1\d{10}", r"1\d\d \d{4} \d{4}", r"1\d\d-\d{4}-\d{4}", r"[０-９]{11}"):
        assert any(re.fullmatch(shape, phone) for phone in phones), shape


def test_personal_strings_stand_in_files_as_told(shop):
    folder, truth = shop
    raw = "".join(f.read_bytes().decode("gb18030" if "工单" in f.name else "utf-8", "ignore")
                  for f in (folder / "data").iterdir() if f.suffix != ".xlsx")  # fmt: skip
    texts = [v for kind in ("idcard", "email", "wechat", "address") for v in of_kind(truth, kind)]
    found = sum(value in raw for value in texts)
    assert len(texts) > 120 and found > 0.75 * len(texts)


def test_names_stand_nowhere_unplanted(said):
    voices, _ = said
    customers = {v.customer.name for v in voices if v.customer}
    told = {p.value for v in voices for p in v.personal}
    clean = "\n".join(v.text + v.handler + v.remark + v.request for v in voices if not v.personal)
    assert not [name for name in customers | told if name in clean]


def test_numbers_to_keep_are_order_or_parcel_numbers(shop, texts):
    assert len(shop[1].not_personal) > 200
    assert all(re.fullmatch(r"DD\d{13}|YT\d{13}", number) for number in shop[1].not_personal)


def test_unusable_rows_have_no_text_or_no_date(shop, texts):
    truth = shop[1]
    assert sum(truth.quarantined.values()) > 30 and sum(truth.rated.values()) > 50
    assert all(n > 0 for f, n in truth.quarantined.items() if "聊天" not in f)
    assert "(跳过)" in texts.values() and truth.skipped_answers > 20


def test_every_kind_of_secret_is_planted(shop):
    kinds = {item["kind"] for item in shop[1].personal}
    assert kinds == {"phone", "idcard", "bankcard", "email", "wechat", "qq", "plate", "address", "name"}
