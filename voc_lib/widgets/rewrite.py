"""A params file with columns or the taxonomy changed: comments kept, checked, put in place in one move."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from voc_lib import params
from voc_lib.errors import ParamsError, PublishError
from voc_lib.params import Settings

BOM = b"\xef\xbb\xbf"
COMMENT = re.compile(r"(?:^|\s)(#.*)$")
PLAIN = r"[^\s#\"'](?:[^\n\r#]|(?<=\S)#)*?"
VALUE = rf"(?:\"[^\"\n]*\"|'[^'\n]*'|{PLAIN})?(?=[ \t]*(?:[ \t]#|\r?$))"
NAME = re.compile(r"^name:.*?(\r?\n)", re.MULTILINE)
Changes = Mapping[str, Mapping[str, str | None]]


def stamp(file: Path) -> str:
    """What tells one version of a file from another."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def columns(settings: Settings, changes: Changes, *, seen: str) -> Settings:
    """The settings after the params file's `columns` were changed: source -> header -> field, None removes.

    ParamsError, and the file as it was, when it changed since `seen` or the result is not what was wanted.
    """
    before = _unchanged(settings, seen)
    after, dropped = changed(before, changes)
    sources = chosen(settings, changes).params.sources
    return _put(settings, before, after, {"sources": sources}, dropped=dropped, key="columns")


def chosen(settings: Settings, changes: Changes) -> Settings:
    """The settings as they would be after the changes; no file is touched."""
    sources = [
        source.model_copy(update={"columns": applied(source.columns, changes.get(source.name, {}))})
        for source in settings.params.sources
    ]
    made = settings.params.model_copy(update={"sources": sources})
    return settings.model_copy(update={"params": made})


def industry(settings: Settings, name: str, *, seen: str) -> Settings:
    """The settings after `industry` was set to a taxonomy; errors as those of `columns`."""
    return _named(settings, "industry", name, seen=seen)


def knowledge(settings: Settings, *, seen: str) -> Settings:
    """The settings after `knowledge` was set to the register; errors as those of `columns`."""
    return _named(settings, "knowledge", params.IN_REGISTER, seen=seen)


def _named(settings: Settings, key: str, name: str, *, seen: str) -> Settings:
    before = _unchanged(settings, seen)
    return _put(settings, before, _with(before, key, name), {key: name}, key=key)


def _unchanged(settings: Settings, seen: str) -> bytes:
    content = settings.file.read_bytes()
    if hashlib.sha256(content).hexdigest() != seen:
        raise ParamsError(f"{settings.file.name} 在打开之后被改过，没有保存。请重新运行本 notebook 再改。")
    return content


def _with(content: bytes, key: str, name: str) -> bytes:
    r"""The file with the line of a key changed, or one put below that of `name`.

    >>> _with("name: 店\nindustry: ecommerce  # 行业\n".encode(), "industry", "a.yaml").decode()
    'name: 店\nindustry: a.yaml  # 行业\n'
    >>> _with("name: 店\n".encode(), "knowledge", "register").decode()
    'name: 店\nknowledge: register\n'
    >>> _with("name: 店\nknowledge: 九月 表#1.yaml # 原因\n".encode(), "knowledge", "register").decode()
    'name: 店\nknowledge: register # 原因\n'
    >>> _with("name: 店\nknowledge:\r\n".encode(), "knowledge", "register").decode()
    'name: 店\nknowledge: register\r\n'
    """
    text, quoted = content.decode("utf-8"), json.dumps(name, ensure_ascii=False)
    value = name if re.fullmatch(r"[\w.-]+", name) else quoted
    line = re.compile(rf"^{key}:([ \t]*){VALUE}", re.MULTILINE)
    if line.search(text):
        return line.sub(lambda found: f"{key}:{found[1] or ' '}{value}", text, count=1).encode()
    return NAME.sub(lambda found: f"{found[0]}{key}: {value}{found[1]}", text, count=1).encode()


def _put(
    settings: Settings,
    before: bytes,
    after: bytes,
    wanted: Mapping[str, Any],
    *,
    key: str,
    dropped: Sequence[str] = (),
) -> Settings:
    """The settings of the file with its new content, which changes what is wanted and nothing else."""
    file = settings.file
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        _write(part, after, like=file)
        made = params.load(part, period=settings.period.label)
        if made.params != settings.params.model_copy(update=dict(wanted)):
            raise ParamsError(f"{file.name} 的写法不便自动修改（例如用了锚点），请手工修改 {key}。")
        _keep_comments(before, after, dropped, key)
        part.replace(file)
    except OSError as error:
        raise PublishError(
            f"无法写入 {file.name}：{error.strerror or error}。请检查磁盘空间和权限。"
        ) from None
    finally:
        part.unlink(missing_ok=True)
    return params.load(file, period=settings.period.label)


def _write(part: Path, content: bytes, *, like: Path) -> None:
    with part.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    shutil.copymode(like, part)


def changed(content: bytes, changes: Changes) -> tuple[bytes, list[str]]:
    """The file's bytes after the changes, and the comments that stood beside what was removed."""
    from ruamel.yaml import YAML
    from ruamel.yaml.util import load_yaml_guess_indent

    text = content.removeprefix(BOM).decode("utf-8")
    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, 10**6
    data, _, offset = load_yaml_guess_indent(text.replace("\r\n", "\n"), yaml=yaml)
    yaml.indent(mapping=2, sequence=(offset or 0) + 2, offset=offset or 0)
    dropped = []
    for source in data["sources"]:
        if wanted := changes.get(str(source.get("name", "")).strip()):
            dropped += _edit(source, wanted)
    stream = io.StringIO()
    yaml.dump(data, stream)
    made = stream.getvalue()
    made = made.replace("\n", "\r\n") if "\r\n" in text else made
    return (BOM if content.startswith(BOM) else b"") + made.encode(), dropped


def _edit(source: Any, wanted: Mapping[str, str | None]) -> list[str]:
    """Comments dropped with keys; the `columns` of the source are changed in place.

    New keys go before the last one: what stands behind it in the file belongs to the next section.
    """
    from ruamel.yaml.comments import CommentedMap

    held = source.get("columns")
    if held is None:
        held = CommentedMap()
        held.fa.set_flow_style()
        source.insert(max(len(source) - 1, 0), "columns", held)
    dropped = []
    for header, field in wanted.items():
        if field is None:
            dropped += _remove(held, header)
        elif header in held:
            held[header] = field
        else:
            held.insert(max(len(held) - 1, 0), header, field)
    if not held:
        dropped += _remove(
            source, "columns", below=held.ca.comment if isinstance(held.ca.comment, str) else ""
        )
    return dropped


def _remove(held: Any, key: str, *, below: str = "") -> list[str]:
    """The comment beside a key, which is taken away; the lines below it go to the key before."""
    names = list(held)
    if key not in names:
        return []
    del held[key]
    token = (held.ca.items.pop(key, None) or [None] * 3)[2]
    beside, _, rest = token.value.partition("\n") if token else ("", "", "")
    below = f"{rest}{below}"
    if not held:
        held.ca.comment = below  # for the map around it, which goes too
    elif below and key != names[0]:
        _hang(held, names[names.index(key) - 1], below)
    return [beside.strip()] if beside.strip() else []


def _hang(held: Any, key: str, below: str) -> None:
    """Put the lines below a key."""
    from ruamel.yaml.error import CommentMark
    from ruamel.yaml.tokens import CommentToken

    slots = held.ca.items.setdefault(key, [None, None, None, None])
    if slots[2] is None:
        slots[2] = CommentToken(f"\n{below}", CommentMark(0), None)
    else:
        slots[2].value = slots[2].value.rstrip("\n") + f"\n{below}"


def _keep_comments(before: bytes, after: bytes, dropped: Sequence[str], key: str) -> None:
    """Nothing, when every comment but those dropped on purpose is still there."""
    if lost := _comments(before) - _comments(after) - Counter(dropped):
        raise ParamsError(f"自动修改会丢失注释 “{min(lost)}”，没有保存。请手工修改 {key}。")


def applied(columns: Mapping[str, str], wanted: Mapping[str, str | None]) -> dict[str, str]:
    """The columns after the changes.

    >>> applied({"a": "text", "b": "csat"}, {"a": None, "c": "nps"})
    {'b': 'csat', 'c': 'nps'}
    """
    both = {**columns, **wanted}
    return {header: field for header, field in both.items() if field is not None}


def _comments(content: bytes) -> Counter[str]:
    lines = content.decode("utf-8").splitlines()
    return Counter(match[1].strip() for line in lines if (match := COMMENT.search(line)))
