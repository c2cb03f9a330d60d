"""The register of a params file put back from a backup; what it held is kept first."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from voc_lib.params import REGISTER, load
from voc_lib.register import backups, database
from voc_lib.run.record import registered

LEAP = 1_000  # more revisions than anybody makes between two reports


def restore(params_file: str, file: Path) -> tuple[Path, int]:
    """Where what the register held is kept, and how many rows of the backup it holds now."""
    settings = load(params_file, today=datetime.now(UTC))
    backups.require(file)
    place = registered.sqlite_file(settings)
    kept = backups.set_aside(place) if place is not None and place.exists() else None
    engine, spent = registered.opened(settings), registered.spent(settings)
    if kept is not None:  # what is damaged does not say which numbers it gave after the last report
        return kept, backups.restore(engine, file, spent=spent + LEAP)
    kept = database.unused(place or settings.outputs / REGISTER, "before-restore")
    backups.backup(engine, kept)
    return kept, backups.restore(engine, file, spent=spent)
