"""Suggested tags taken over: into the team's own taxonomy file, which the params file then names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from voc_lib.errors import ParamsError
from voc_lib.params import Settings
from voc_lib.run.record import taxonomies
from voc_lib.tag import library, suggest
from voc_lib.tag.suggest import Group
from voc_lib.widgets import rewrite

FILES = 100  # names tried for a new file


@dataclass(frozen=True)
class Adopted:
    """The settings after adopting, and what undoes it: files with their content before (None: new)."""

    settings: Settings
    was: Settings
    file: Path
    before: dict[Path, bytes | None]

    def undo(self) -> Settings:
        """The settings before, every file put back as it was."""
        for file, content in self.before.items():
            if content is None:
                file.unlink(missing_ok=True)
            else:
                file.write_bytes(content)
        return self.was


def adopt(settings: Settings, groups: Sequence[Group], *, seen: str) -> Adopted:
    """The groups as tags of the team's file; where there is none, one beside the params is begun.

    ParamsError, and every file as it was, where the params changed since `seen` or a tag breaks a rule.
    """
    mine, now = own(settings), taxonomies.current(settings)
    if mine is not None:
        before = mine.read_bytes()
        made = before.decode("utf-8").rstrip() + "\n" + suggest.listed(groups, now)
        if _holds(mine, made, groups):
            mine.write_bytes(made.encode())
            return Adopted(settings, settings, mine, {mine: before})
    params, file = settings.file.read_bytes(), new_file(settings)
    text = suggest.as_yaml(groups, now, extends=settings.params.industry)
    file.write_text(text, encoding="utf-8")
    try:
        library.load(file.name, folder=file.parent)
        changed = rewrite.industry(settings, file.name, seen=seen)
    except ParamsError:
        file.unlink()
        raise
    return Adopted(changed, settings, file, {settings.file: params, file: None})


def new_file(settings: Settings) -> Path:
    """Where suggestions are written: beside the params file, never over a file that is there."""
    label = settings.period.label
    names = (f"taxonomy_{label}{mark}.yaml" for mark in ("", *(f"_{n}" for n in range(2, FILES))))
    return next(file for name in names if not (file := settings.folder / name).exists())


def own(settings: Settings) -> Path | None:
    """The team's taxonomy file, if the params name one."""
    file = settings.folder / settings.params.industry
    return file if file.suffix in (".yaml", ".yml") and file.is_file() else None


def _holds(own: Path, made: str, groups: Sequence[Group]) -> bool:
    """Whether the file with the groups at its end is a taxonomy with them (`tags` may stand earlier)."""
    part = own.with_name(f".{own.name}.part.yaml")
    try:
        part.write_text(made, encoding="utf-8")
        return {group.name for group in groups} <= set(library.load(part.name, folder=part.parent).names)
    except ParamsError:
        return False
    finally:
        part.unlink(missing_ok=True)
