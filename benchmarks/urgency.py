"""How right the urgency of single texts is: a YAML of `text`, `level` (P0, P1, P2; 无 where nothing
needs haste, which is P2), perhaps `kind`.

    python benchmarks/urgency.py tests/cases/urgency_g.yaml [--show]

Prints the levels wanted (rows) and given (columns), precision and recall of P0 and P1, by kind too.
"""

from __future__ import annotations

from pathlib import Path

import packs
import pandas as pd
import yaml

from voc_lib import tag
from voc_lib.schema import URGENCIES


def judged(file: Path, pack: str = "ecommerce") -> pd.DataFrame:
    """The texts of a file with the urgency they get and why: `text, level, given, why`."""
    cases = pd.DataFrame(yaml.safe_load(file.read_text(encoding="utf-8")))
    tagged = packs.labelled(cases["text"], tag.load(pack))
    cases = cases.assign(level=cases["level"].replace("无", "P2"))
    return cases.assign(given=tagged["urgency"], why=tagged["urgency_why"])


def scores(table: pd.DataFrame) -> pd.DataFrame:
    """Precision and recall of P0 and P1 with the texts they rest on, one row each."""
    lines = []
    for level in ("P0", "P1"):
        given, wanted = table["given"] == level, table["level"] == level
        right = (given & wanted).sum()
        shares = {"precision": right / max(given.sum(), 1), "given": given.sum()}
        lines.append({"level": level, **shares, "recall": right / wanted.sum(), "wanted": wanted.sum()})
    return pd.DataFrame(lines)


def main() -> None:
    """Print the table of levels, precision and recall, and the texts that are wrong."""
    options = packs.asking_pack(__doc__).parse_args()
    table = judged(options.file, options.pack)
    levels = pd.crosstab(table["level"], table["given"]).reindex(columns=URGENCIES, fill_value=0)
    print(levels, scores(table).round(2).to_string(index=False), sep="\n\n")
    if "kind" in table:
        kinds = {kind: scores(rows).round(2) for kind, rows in table.groupby("kind")}
        print("", pd.concat(kinds, names=["kind"]).droplevel(1).to_string(), sep="\n")
    if options.show:
        packs.show(table.loc[table["level"] != table["given"], ["level", "given", "why", "text"]])


if __name__ == "__main__":
    main()
