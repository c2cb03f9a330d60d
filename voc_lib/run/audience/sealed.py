"""What an audience is given as one ZIP only who knows the password can open (AES-256)."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZIP_DEFLATED

DAY = (1980, 1, 1, 0, 0, 0)  # of every file inside: a time would say when the machine ran


def seal(folder: Path, password: str) -> Path:
    """`<folder>.zip` beside the folder, holding its files under their names in it."""
    import pyzipper

    file = folder.with_name(f"{folder.name}.zip")
    with pyzipper.AESZipFile(file, "w", compression=ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(password.encode())
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = path.relative_to(folder.parent).as_posix()
            archive.writestr(archive.zipinfo_cls(name, DAY), path.read_bytes(), ZIP_DEFLATED)
    return file
