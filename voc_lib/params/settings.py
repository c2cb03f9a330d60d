"""Params together with where they came from; the files and folders they name."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from voc_lib.errors import ParamsError
from voc_lib.origin import ENV_REFERENCE
from voc_lib.params.contents import Params
from voc_lib.params.environment import secret
from voc_lib.params.faults import parse
from voc_lib.period import Period
from voc_lib.strict import Strict
from voc_lib.yamlfile import explained, read_yaml

REGISTER = "register.db"


class Settings(Strict):
    """Params together with where they came from: every path in them is relative to `folder`.

    `revision` is the state of the register to read: None as it is now, 0 as if there were none.
    """

    file: Path
    params: Params
    period: Period
    revision: int | None = None

    @property
    def folder(self) -> Path:
        """The folder paths are relative to."""
        return self.file.parent

    def resolve(self, path: str) -> Path:
        """The absolute path of a path written in the params file."""
        try:
            return (self.folder / path).resolve()
        except (RuntimeError, OSError):
            raise ParamsError(f"路径 {path} 里的链接绕成了圈，找不到文件。请改写参数文件里的路径。") from None

    @property
    def outputs(self) -> Path:
        """Root of everything this report writes."""
        return self.resolve(self.params.outputs)

    @property
    def archive(self) -> Path:
        """The folder that keeps the history of this report."""
        return self.outputs / "archive" / self.params.name

    @property
    def memory(self) -> Path:
        """The folder of what was read off texts; it can be made again and may be removed."""
        return self.outputs / ".memory" / self.params.name

    @property
    def register(self) -> str:
        """Address of the register of corrections; ParamsError when its variable is not set."""
        written = self.params.register_at
        if written and ENV_REFERENCE.fullmatch(written):
            return secret(written)
        file = self.resolve(written) if written else self.outputs / REGISTER
        return f"sqlite:///{file.as_posix()}"

    @property
    def fingerprint(self) -> str:
        """Hash of the params that can change a figure (secrets are never in them)."""
        words = json.dumps(self.params.outcome(), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(words.encode()).hexdigest()


def load(
    file: str | Path, *, period: str | None = None, today: date | None = None, revision: int | None = None
) -> Settings:
    """The settings in a params file; `period` and `revision` come before its own, `today` is for last-month.

    A moment (with its zone) as `today` is the day it is then in the time zone of the params.
    Raises ParamsError with every fault found, each with its key.
    """
    file = Path(file).expanduser().resolve()
    raw = read_yaml(file)
    with explained(file):
        if not isinstance(raw, dict):
            raise ParamsError(
                f"参数文件 {file.name} 应是 “键: 值” 形式的 YAML，现在是 {type(raw).__name__}。"
            )
        params = parse(Params, raw, where=file.name)
        today = today.astimezone(params.zone).date() if isinstance(today, datetime) else today
        named = Period.parse(period or params.period, today=today)
    return Settings(file=file, params=params, period=named, revision=revision or params.register_revision)


def json_schema() -> dict[str, Any]:
    """JSON schema of a params file, for editors."""
    return Params.model_json_schema()


def schema_text() -> str:
    """The JSON schema as it is published in `params/params.schema.json`."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"
