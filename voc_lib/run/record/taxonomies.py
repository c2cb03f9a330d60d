"""Which taxonomy tagged which report: kept beside the archive, compared with that of the report before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from voc_lib.errors import ParamsError
from voc_lib.params import Settings
from voc_lib.period import Period
from voc_lib.run.record import preceding, runs
from voc_lib.yamlfile import read_yaml

if TYPE_CHECKING:
    from voc_lib.tag.taxonomy import Taxonomy
    from voc_lib.tag.versions import Change

TAGGED = "tables/tagged.parquet"
NOTE = "# 首次用于 {period}。由 voc run 写出，供 voc taxonomy diff 比较，请不要改动。\n"


def used(settings: Settings) -> dict[str, str]:
    """The taxonomy of a run as run.json names it; kept from its first use on."""
    taxonomy = current(settings)
    file = _file(settings.archive, taxonomy.digest)
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(NOTE.format(period=settings.period.label) + taxonomy.as_yaml(), encoding="utf-8")
    return {key: getattr(taxonomy, key) for key in ("name", "title", "version", "digest")}


def current(settings: Settings) -> Taxonomy:
    """The taxonomy the params name, as it stands now."""
    from voc_lib import tag

    return tag.load(settings.params.industry, folder=settings.folder)


def of_run(folder: Path) -> Taxonomy:
    """The taxonomy a published run was tagged with."""
    from voc_lib.tag.taxonomy import Taxonomy

    content = runs.require(folder)
    file = _file(
        folder.parents[1] / "archive" / content["name"], content.get("taxonomy", {}).get("digest", "")
    )
    if not file.is_file():
        raise ParamsError(f"{folder.name} 没有留下打标用的标签体系。请重新运行那一期，或写标签体系的文件。")
    return Taxonomy.model_validate(read_yaml(file))


def _file(archive: Path, digest: str) -> Path:
    return archive / "taxonomy" / f"{digest[:12]}.yaml"


def former(settings: Settings, taxonomy: Taxonomy) -> Taxonomy | None:
    """The other taxonomy the report before was made by; None when there is none or it is the same."""
    earlier = _earlier(settings)
    other = earlier is not None and earlier[1]["taxonomy"]["digest"] != taxonomy.digest
    return of_run(earlier[0]) if earlier and other else None


def change(settings: Settings, taxonomy: Taxonomy, tagged: pd.DataFrame) -> Change | None:
    """What the taxonomy changed since the report before; None when there is none or it is the same."""
    from voc_lib.tag import versions

    earlier, before = _earlier(settings), former(settings, taxonomy)
    if earlier is None or before is None:
        return None
    folder, content = earlier
    then = pd.read_parquet(folder / TAGGED, columns=versions.MOVED)
    return versions.change(before, taxonomy, then, tagged, period=Period.parse(content["period"]))


def _earlier(settings: Settings) -> tuple[Path, dict[str, Any]] | None:
    """The published report before this one, if it names its taxonomy."""
    before = preceding.run(settings)
    return before if before and before[1].get("taxonomy") else None


def mark(settings: Settings, digest: str) -> list[str]:
    """What `change` depends on besides a run's own inputs: an earlier report of another taxonomy."""
    earlier = _earlier(settings)
    if earlier is None or earlier[1]["taxonomy"]["digest"] == digest:
        return []
    content = earlier[1]
    hashes = [item["sha256"] for item in content["files"] if item["path"] == TAGGED]
    return [content["period"], content["taxonomy"]["digest"], *hashes]
