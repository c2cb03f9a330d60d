"""A team's taxonomy file while it is being written: checked, tried on feedback, saved as it was typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from voc_lib import schema, whole
from voc_lib.errors import ParamsError, PublishError
from voc_lib.params import Settings
from voc_lib.tag import library, rules
from voc_lib.tag.taxonomy import Taxonomy
from voc_lib.text.segmentation import Segmenter
from voc_lib.widgets import adoption, rewrite

START = """# 在 {industry} 上改：同名标签合并，列表追加；without 拿走词，drop: true 删掉标签
extends: {industry}
version: "{version}"
# tags:
#   - {{name: 物流延迟, phrases: [无人机没来]}}
"""


@dataclass(frozen=True)
class Draft:
    """A taxonomy `file`, and what it held when it was opened (None: there is none yet)."""

    settings: Settings
    file: Path
    before: bytes | None

    @property
    def text(self) -> str:
        """What there is to be written on."""
        if self.before is not None:
            return self.before.decode("utf-8-sig").replace("\r\n", "\n")
        about = {"industry": self.settings.params.industry, "version": self.settings.period.label}
        return START.format(**about)


@dataclass(frozen=True)
class Judged:
    """What a taxonomy makes of some feedback: its rules (schema.RULE_CHECK), the first tag of each row."""

    rules: pd.DataFrame
    tags: pd.Series


def opened(settings: Settings) -> Draft:
    """The team's own file, or one to be begun beside the params."""
    own = adoption.own(settings)
    return Draft(settings, own or adoption.new_file(settings), own.read_bytes() if own else None)


def checked(draft: Draft, text: str) -> Taxonomy:
    """The taxonomy a text is; ParamsError with every fault."""
    part = draft.file.with_name(f".{draft.file.name}.part.yaml")
    try:
        part.write_text(text, encoding="utf-8")
        return library.load(part.name, folder=part.parent)
    except ParamsError as error:
        raise ParamsError(
            str(error).replace(str(part), draft.file.name).replace(part.name, draft.file.name)
        ) from None
    except OSError as error:
        raise PublishError(f"无法写入 {draft.file.parent}：{error.strerror or error}。请检查权限。") from None
    finally:
        part.unlink(missing_ok=True)


def saved(draft: Draft, text: str) -> Draft:
    """The draft once its file holds the text; the params name it. ParamsError, and all as it was, where that
    cannot be."""
    now = draft.file.read_bytes() if draft.file.exists() else None
    if now != draft.before:
        raise ParamsError(f"{draft.file.name} 在打开之后被改过，没有保存。请重新运行本 notebook 再改。")
    checked(draft, text)
    made = text.rstrip("\n") + "\n"
    if now is not None:
        made = made.replace("\n", "\r\n") if b"\r\n" in now else made
        whole.replace(draft.file, (rewrite.BOM if now.startswith(rewrite.BOM) else b"") + made.encode())
        return opened(draft.settings)
    whole.replace(draft.file, made.encode())
    try:
        return opened(
            rewrite.industry(draft.settings, draft.file.name, seen=rewrite.stamp(draft.settings.file))
        )
    except ParamsError:
        draft.file.unlink()
        raise


def judged(rows: pd.DataFrame, taxonomy: Taxonomy, segmenter: Segmenter) -> Judged:
    """What a taxonomy makes of feedback."""
    votes = rules.votes(rows, taxonomy, segmenter=segmenter)
    decided, _ = rules.decide(votes, rows, taxonomy)
    found = [rules.coverage(votes, n=len(rows)), rules.silent(votes, taxonomy)]
    return Judged(
        schema.shape(pd.concat(found, ignore_index=True), schema.RULE_CHECK), decided["primary_tag"]
    )


def news(before: Judged, after: Judged) -> pd.DataFrame:
    """The rules of `after` that `before` has not: columns of schema.RULE_CHECK."""
    held = pd.MultiIndex.from_frame(before.rules[["tag", "rule"]])
    return after.rules[~pd.MultiIndex.from_frame(after.rules[["tag", "rule"]]).isin(held)]


def moves(before: Judged, after: Judged, texts: pd.Series) -> Iterator[tuple[str, str, list[str]]]:
    """Feedback that changes its tag: from, to and the texts, the commonest change first."""
    both = pd.DataFrame(
        {"old": before.tags.to_numpy(), "new": after.tags.to_numpy(), "text": texts.to_numpy()}
    )
    both = both[both["old"] != both["new"]]
    groups = sorted(both.groupby(["old", "new"])["text"], key=lambda group: (-len(group[1]), group[0]))
    yield from ((str(old), str(new), held.tolist()) for (old, new), held in groups)
