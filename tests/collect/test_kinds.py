"""Small files of the kinds that once failed, in another dress: what becomes of each."""

import csv
import json
import runpy
from pathlib import Path

import pytest
import yaml
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from voc_lib import collect, params
from voc_lib.clean import privacy
from voc_lib.errors import VocError

PROJECTS = runpy.run_path(str(Path(__file__).with_name("test_projects.py")))
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
FILES = ("kinds.yaml", *(f"kinds_unseen{half}.yaml" for half in ("", "_b", "_c", "_d")))
FOLDER = Path(__file__).parents[1] / "cases"
CASES = [
    case for name in FILES for case in yaml.load((FOLDER / name).read_text(encoding="utf-8"), Loader=LOADER)
]


def written(case: dict, file: Path) -> None:
    """The file of a case, as its ending says."""
    encoding = case.get("encoding", "utf-8-sig")
    if "raw" in case:
        file.write_bytes(case["raw"].encode(encoding))
    elif file.suffix == ".jsonl":
        lines = [json.dumps(record, ensure_ascii=False) for record in case["json"]]
        file.write_text("\n".join(lines), encoding="utf-8")
    elif file.suffix == ".json":
        file.write_text(json.dumps(case["json"], ensure_ascii=False), encoding="utf-8")
    elif file.suffix == ".xlsx":
        book = Workbook()
        if case.get("xlsx", {}).get("date_1904"):
            book.epoch = CALENDAR_MAC_1904
        for row in [*([line] for line in case.get("title", ())), case["header"], *case["rows"]]:
            book.active.append(row)
        book.save(file)
    else:
        delimiter = "\t" if file.suffix == ".tsv" else ","
        with file.open("w", encoding=encoding, newline="") as out:
            csv.writer(out, delimiter=delimiter).writerows([case["header"], *case["rows"]])


def settings(case: dict, folder: Path):
    source = {"name": "来源", "path": case["file"], "channel": "反馈", **case.get("params", {})}
    raw = {"name": case["name"], "period": case.get("period", "2026-09"), "sources": [source]}
    written(case, folder / case["file"])
    (folder / "params.yaml").write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return params.load(folder / "params.yaml", today=PROJECTS["TODAY"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_file_of_a_kind_comes_to_what_it_should(case, tmp_path):
    asked = settings(case, tmp_path)
    if "error" in case:
        with pytest.raises(VocError) as stopped:
            collect.load(asked, mask=privacy.mask)
        assert [word for word in case["error"] if word not in str(stopped.value)] == [], str(stopped.value)
        return
    wanted = dict(case["expected"])
    never = wanted.pop("never", {})
    collected = collect.load(asked)
    assert PROJECTS["seen"](collected, wanted) == wanted, "\n".join(collected.notes)
    fate = dict(zip(collected.headers["header"], collected.headers["field"].astype("object"), strict=True))
    assert [header for header, fields in never.items() if fate.get(header) in fields] == []


JUDGE = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "kinds.py"))
DEAL = "the number of a deal is no id of what was said of it: two reviews of one order are two"
STAYS = {
    "q30-cstore-hand": "days without a year, and none in the file's name: the params have to say which",
    "q32-training-letters": "days without a year, and none in the file's name: the params have to say which",
    "q36-elderly-home": "days without a year, and none in the file's name: the params have to say which",
    "m04-xhs-notes": "days without a year, and none in the file's name: the params have to say which",
    "i10-property-hand": "days without a year, and none in the file's name: the params have to say which",
    "i21-milktea-owner": "days without a year, and none in the file's name: the params have to say which",
    "q07-property-wechat": "days without a year, and none in the file's name: the params have to say which",
    "q13-gym-hand": "days without a year, and none in the file's name: the params have to say which",
    "b16-used-car": DEAL,
    "b19-freight": DEAL,
    "b32-pet-hospital": DEAL,
    "r01-shop-followup": DEAL,
    "r12-inpatient": DEAL,
    "r26-german-shop": DEAL,
    "r28-taiwan-roc": DEAL,
    "r07-surveymonkey": "how easy something was is asked about: it is no satisfaction",
    "r08-google-forms": "how useful something was is no satisfaction: it stands among the answers alone",
    "r16-telecom-sms": "a number is whom it is of, or how to reach them: here the first",
    "r18-takeaway": "商家评分 is a shop's average in other exports: which score is the whole is asked for",
    "r31-ticket-log": "whose the steps of a ticket are is asked for",
    "r34-short-video": "an author who answers may be a customer: whose words are wanted is asked for",
    "i02-telecom-keypad": "levels named in the header are read as their words, 满意 as 4, as everywhere",
    "i14-webchat": "whose words a chat holds is asked for",
    "i15-qianniu": "whose words a chat holds is asked for",
    "q03-wecom-chat": "whose words a chat holds is asked for",
    "q20-live-comments": "clock times alone, the day without a year in the file's name",
    "q33-appliance": "用户态度 may be how customers behave as well as how they liked it",
}


def judged_cases() -> list:
    names = (*(f"kinds_unseen_{half}" for half in "efgijk"), "kinds_ways")
    halves = [(FOLDER / f"{name}.yaml").read_text(encoding="utf-8") for name in names]
    for case in [case for text in halves for case in yaml.load(text, Loader=LOADER)]:
        why = STAYS.get(case["name"])
        marks = [pytest.mark.xfail(reason=why, strict=True)] if why else []
        yield pytest.param(case, id=case["name"], marks=marks)


@pytest.mark.parametrize("case", [*judged_cases()])
def test_a_file_comes_to_what_is_right_or_is_asked_about(case, tmp_path):
    verdict = JUDGE["judged"](case, tmp_path)
    assert verdict.outcome in (JUDGE["RIGHT"], JUDGE["ASKED"]), verdict.faults


UNREAD = {"kinds_unseen_h": (31, 1)}  # right, wrong


@pytest.mark.parametrize(("name", "scored"), UNREAD.items())
def test_a_set_the_rules_were_not_made_on_fares_no_worse_than_when_it_was_scored(name, scored):
    told = [verdict.outcome for verdict in JUDGE["verdicts"](FOLDER / f"{name}.yaml")]
    assert sum(told.count(JUDGE[kind]) for kind in ("RIGHT", "ASKED")) >= scored[0]
    assert told.count(JUDGE["WRONG"]) <= scored[1]
