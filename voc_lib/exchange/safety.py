"""The register of a params file put back from a backup; what it held is kept first."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from voc_lib.params import REGISTER, load
from voc_lib.register import backups, database
from voc_lib.run.record import registered


def restore(params_file: str, file: Path) -> tuple[Path, int]:
    """Where what the register held is kept, and how many rows of the backup it holds now."""
    settings = load(params_file, today=datetime.now(UTC))
    place = registered.sqlite_file(settings)
    kept = backups.set_aside(place) if place is not None and place.exists() else None
    engine = registered.opened(settings)
    if kept is None:
        kept = database.unused(place or settings.outputs / REGISTER, "before-restore")
        backups.backup(engine, kept)
    return kept, backups.restore(engine, file)
