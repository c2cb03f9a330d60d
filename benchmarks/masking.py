"""How much personal data masking hides in marked lines, and how often it changes lines that hold none.

python benchmarks/masking.py tests/cases/privacy_heldout.yaml
python benchmarks/masking.py FILE --show            # also the lines it gets wrong

A file holds groups of lines, `{kind|value}` around what is personal. A line is hidden when no marked value
can be read in it any more (blanks do not count); one without marks is falsely masked when it changed at all.
"""

import argparse
import re
from pathlib import Path

import pandas as pd
import yaml

from voc_lib.clean import privacy
from voc_lib.intervals import wilson

MARK = re.compile(r"\{([^|{}]+)\|([^{}]*)\}")


def lines(file: Path) -> pd.DataFrame:
    """One row per line: group, line as marked, bare text, masked text, its values with their kinds."""
    groups = yaml.safe_load(file.read_text(encoding="utf-8"))
    rows = [(group, line) for group, listed in groups.items() for line in listed]
    table = pd.DataFrame(rows, columns=["group", "line"])
    table["text"] = [MARK.sub(lambda match: match[2], line) for line in table["line"]]
    table["masked"] = privacy.mask(table["text"].astype("str"))
    return table.assign(values=[MARK.findall(line) for line in table["line"]])


def left(masked: str, value: str) -> bool:
    """Whether a value can still be read."""
    return "".join(value.split()) in "".join(masked.split())


def judged(table: pd.DataFrame) -> pd.DataFrame:
    """The lines with `marked` and `wrong`: a value left, or a line without any that changed."""
    pairs = zip(table["masked"], table["values"], strict=True)
    read = [any(left(masked, value) for _, value in values) for masked, values in pairs]
    marked = table["values"].str.len() > 0
    return table.assign(marked=marked, wrong=pd.Series(read).where(marked, table["masked"] != table["text"]))


def summary(table: pd.DataFrame, by: str) -> pd.DataFrame:
    """Lines, those right and their share with its 95 % interval, by group."""
    counts = table.groupby(by, sort=False)["wrong"].agg(lines="size", wrong="sum")
    counts["right"] = counts["lines"] - counts.pop("wrong").astype(int)
    share, low, high = wilson(counts["right"].to_numpy(), counts["lines"].to_numpy())
    return counts.assign(share=share, low=low, high=high)


def kinds(table: pd.DataFrame) -> pd.DataFrame:
    """One row per marked value: its kind, and whether it can still be read (`wrong`)."""
    rows = [
        (kind, left(masked, value))
        for masked, values in zip(table["masked"], table["values"], strict=True)
        for kind, value in values
    ]
    return pd.DataFrame(rows, columns=["kind", "wrong"])


def main() -> None:
    """Print the tables of each file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--show", action="store_true", help="print the lines that are wrong")
    options = parser.parse_args()
    for file in options.files:
        table = judged(lines(file))
        print(f"{file.name}: {len(table)} lines, {table['marked'].sum()} with personal data")
        both = table.assign(all=table["marked"].map({True: "with personal data", False: "without"}))
        for by, rows in (("group", table), ("all", both), ("kind", kinds(table))):
            print(summary(rows, by).round(3).to_string(), end="\n\n")
        if options.show:
            print(*table.loc[table["wrong"], ["group", "line", "masked"]].agg(" | ".join, axis=1), sep="\n")


if __name__ == "__main__":
    main()
