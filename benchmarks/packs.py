"""How right the rules of built-in taxonomies are: a folder with a YAML of sentences for each taxonomy.

    python benchmarks/packs.py tests/cases/packs_a [--show]

A file is called like its taxonomy and lists `text`, `tag` (the right primary tag, `无问题` where nothing went
wrong) and `also` (other tags that are right). A sub-tag counts as its tag.
`right`, `other`: shares of the problems with the right primary tag, and with 其他; `quiet`, `calm`: shares of
the sentences in which nothing went wrong that the rules give no tag, and that are told as no complaint;
`praise`: of those that praise (`praised`: the tags they praise) the share told as 表扬.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
import yaml

from voc_lib import schema, tag
from voc_lib.params import Params
from voc_lib.tag import rules
from voc_lib.tag.taxonomy import OTHER

NOTHING = "无问题"


def judged(file: Path) -> pd.DataFrame:
    """The sentences of a file with the tags the rules give: `text, tag, given, right`."""
    taxonomy = tag.load(file.stem)
    cases = pd.DataFrame(yaml.safe_load(file.read_text(encoding="utf-8"))).reindex(
        columns=["text", "tag", "also", "praised"]
    )
    frame = pd.DataFrame({"feedback_id": cases.index.astype("str"), "text": cases["text"].astype("str")})
    decided, _ = rules.decide(rules.votes(frame, taxonomy), frame, taxonomy)
    accepted = [
        {OTHER} if wanted == NOTHING else {wanted, *(also if isinstance(also, list) else [])}
        for wanted, also in zip(cases["tag"], cases["also"], strict=True)
    ]
    given = decided["primary_tag"]
    own = [{name, taxonomy.tag(name).parent} for name in given]
    right = [bool(names & wanted) for names, wanted in zip(own, accepted, strict=True)]
    return cases[["text", "tag", "praised"]].assign(given=decided["tags"], right=right)


def labelled(texts: pd.Series, taxonomy: tag.Taxonomy) -> pd.DataFrame:
    """What `tag.label` says of texts of which nothing else is known: schema.TAGGED."""
    n, when = len(texts), pd.Timestamp("2026-09-01")
    plain = {"created_at": when, "channel": "电话", "source": "a", "file": "a.csv", "line": range(n)}
    frame = pd.DataFrame({"feedback_id": [str(i) for i in range(n)], "text": texts.to_numpy(), **plain})
    params = Params(name="a", period="2026-09", sources=[{"name": "a", "path": "b"}])
    nobody = {"customers": schema.empty(schema.CUSTOMERS), "orders": schema.empty(schema.ORDERS)}
    history = schema.shape(frame.astype({"text": "str"}), schema.HISTORY)
    return tag.label(history, taxonomy, params, as_of=when.date(), **nobody).tagged


def scores(folder: Path) -> pd.DataFrame:
    """Per file: `pack`, `right`, `other` (of `n` problems), `quiet`, `calm` (of `n_quiet`), `praise`."""
    lines = []
    for file in sorted(folder.glob("*.yaml")):
        table = judged(file)
        quiet = table["tag"] == NOTHING
        given = table["given"] == OTHER
        intents = labelled(table["text"], tag.load(file.stem))["intent"]
        calm, praising = intents != "抱怨", table["praised"].notna()
        shares = {"right": table["right"][~quiet].mean(), "other": given[~quiet].mean(), "n": (~quiet).sum()}
        still = {"quiet": table["right"][quiet].mean(), "calm": calm[quiet].mean(), "n_quiet": quiet.sum()}
        praise = (intents[praising] == "表扬").mean()
        lines.append({"pack": file.stem, **shares, **still, "praise": praise})
    return pd.DataFrame(lines)


def asking(doc: str | None, what: str = "file") -> argparse.ArgumentParser:
    """What a script over texts takes: their file or folder, and whether to print those that are wrong."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(what, type=Path)
    parser.add_argument("--show", action="store_true", help="print the texts that are wrong")
    return parser


def asking_pack(doc: str | None) -> argparse.ArgumentParser:
    """The same of texts of many trades: also the taxonomy they are tagged by."""
    parser = asking(doc)
    parser.add_argument("--pack", default="ecommerce", help="taxonomy the texts are tagged by")
    return parser


def show(rows: pd.DataFrame, title: str = "") -> None:
    """Print a line per row."""
    print(title, *rows.agg(" | ".join, axis=1), sep="\n")


def main() -> None:
    """Print the table of a folder, and the sentences that are wrong."""
    options = asking(__doc__, "folder").parse_args()
    table = scores(options.folder)
    print(table.round(2).to_string(index=False), table.mean(numeric_only=True).round(2).to_dict(), sep="\n")
    if options.show:
        for file in sorted(options.folder.glob("*.yaml")):
            table = judged(file)
            show(table.loc[~table["right"], ["tag", "given", "text"]], f"\n{file.stem}")


if __name__ == "__main__":
    main()
