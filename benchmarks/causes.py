"""How right dimension and class of cause are of what employees say: a YAML of `text, dimension, cause`.

    python benchmarks/causes.py tests/cases/causes_m.yaml [--show]

A cause is read as step 4 reads it: by words, else by the dimension; 无 is 未判明.
"""

from __future__ import annotations

from pathlib import Path

import packs
import pandas as pd
import yaml

from voc_lib import tag
from voc_lib.schema.words import NO_CAUSE_CLASS
from voc_lib.tag import cause_classes


def judged(file: Path) -> pd.DataFrame:
    """The texts of a file with what they get: `text, dimension, cause, problem, given, by`."""
    cases = pd.DataFrame(yaml.safe_load(file.read_text(encoding="utf-8")))
    cases = cases.assign(cause=cases["cause"].replace("无", NO_CAUSE_CLASS))
    problems = packs.labelled(cases["text"], tag.load("crm_usage"))["primary_tag"]
    told = cause_classes.told(cases["text"])
    given = cause_classes.inferred(told["cause_class"], problems, cases["text"])
    return cases.assign(problem=problems, given=given, by=told["evidence"].fillna("推定"))


def main() -> None:
    """Print the shares that are right, all and by class, and the texts that are wrong."""
    options = packs.asking(__doc__).parse_args()
    table = judged(options.file)
    place, cause = table["problem"] == table["dimension"], table["given"] == table["cause"]
    print(f"dimension {place.sum()}/{len(table)} ({place.mean():.2f})")
    print(f"cause {cause.sum()}/{len(table)} ({cause.mean():.2f})")
    print(cause.groupby(table["cause"]).agg(["sum", "size"]).to_string())
    if options.show:
        columns = ["dimension", "problem", "cause", "given", "by", "text"]
        packs.show(table.loc[~(place & cause), columns])


if __name__ == "__main__":
    main()
