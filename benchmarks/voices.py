"""How right intent, feeling and “something went wrong” are: a YAML of `text, intent, feeling, problem`.

    python benchmarks/voices.py tests/cases/voices_m.yaml [--show]

Intents: 抱怨, 需求 (求助 too), 咨询, 表扬, 其他; a problem (yes, no) is what is told as 抱怨. Prints the
intents wanted (rows) and given (columns), accuracy beside that of always 抱怨, macro-F1 over all five and
over four without 其他, and of what the file says: precision and recall of problems, the share of moods that
are right.
"""

from __future__ import annotations

from pathlib import Path

import packs
import pandas as pd
import yaml

from voc_lib import tag
from voc_lib.schema import INTENTS

REMARK, COMPLAINT = "其他", "抱怨"


def judged(file: Path, pack: str = "ecommerce") -> pd.DataFrame:
    """The texts of a file with what the product tells: `text, intent, feeling, problem, given, mood`."""
    cases = pd.DataFrame(yaml.safe_load(file.read_text(encoding="utf-8")))
    tagged = packs.labelled(cases["text"], tag.load(pack))
    return cases.assign(given=tagged["intent"], mood=tagged["mood"])


def f1(table: pd.DataFrame) -> pd.Series:
    """F1 of each intent."""
    found = {}
    for name in INTENTS:
        given, wanted = table["given"] == name, table["intent"] == name
        found[name] = 2 * (given & wanted).sum() / max(given.sum() + wanted.sum(), 1)
    return pd.Series(found)


def scores(table: pd.DataFrame) -> pd.Series:
    """The figures of a file by name, each 0..1; of problems and feeling where the file tells them."""
    each = f1(table)
    figures = {
        "accuracy": (table["given"] == table["intent"]).mean(),
        "always_complaint": (table["intent"] == COMPLAINT).mean(),
        "macro_f1": each.mean(),
        "macro_f1_four": each.drop(REMARK).mean(),
    }
    if "problem" in table:
        wrong, told = table["problem"] == "yes", table["given"] == COMPLAINT
        figures["problem"] = (wrong == told).mean()
        figures["problem_precision"] = (wrong & told).sum() / max(told.sum(), 1)
        figures["problem_recall"] = (wrong & told).sum() / wrong.sum()
    if "feeling" in table:
        figures["feeling"] = (table["mood"] == table["feeling"]).mean()
    return pd.Series(figures, dtype="float64")


def main() -> None:
    """Print the intents, the figures, and the texts that are wrong."""
    options = packs.asking_pack(__doc__).parse_args()
    table = judged(options.file, options.pack)
    print(pd.crosstab(table["intent"], table["given"]), f1(table).round(2).to_dict(), sep="\n")
    print(scores(table).round(3).to_string())
    if options.show:
        wrong = table["given"] != table["intent"]
        if "feeling" in table:
            wrong |= table["mood"] != table["feeling"]
        columns = ["intent", "given", "feeling", "mood", "problem", "text"]
        packs.show(table.loc[wrong, table.columns.intersection(columns)])


if __name__ == "__main__":
    main()
