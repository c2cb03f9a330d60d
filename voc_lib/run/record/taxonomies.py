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
    other = _other(settings, taxonomy.digest)
    return of_run(other[0]) if other else None


def change(settings: Settings, taxonomy: Taxonomy, tagged: pd.DataFrame) -> Change | None:
    """What the taxonomy changed since the report before; None when there is none or it is the same."""
    from voc_lib.tag import versions

    other = _other(settings, taxonomy.digest)
    if other is None:
        return None
    folder, content = other
    then = pd.read_parquet(folder / TAGGED, columns=versions.MOVED)
    return versions.change(of_run(folder), taxonomy, then, tagged, period=Period.parse(content["period"]))


def _other(settings: Settings, digest: str) -> tuple[Path, dict[str, Any]] | None:
    """The published report before this one, if it names its taxonomy and that is another."""
    before = preceding.run(settings)
    named = (before[1].get("taxonomy") or {}) if before else {}
    return before if named.get("digest", digest) != digest else None


def mark(settings: Settings, digest: str) -> list[str]:
    """What `change` depends on besides a run's own inputs: an earlier report of another taxonomy."""
    other = _other(settings, digest)
    if other is None:
        return []
    content = other[1]
    hashes = [item["sha256"] for item in content["files"] if item["path"] == TAGGED]
    return [content["period"], content["taxonomy"]["digest"], *hashes]
