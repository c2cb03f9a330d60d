"""Taxonomy files: the built-in ones and a team's own, with what they extend, checked before use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from voc_lib.errors import ParamsError, did_you_mean
from voc_lib.params import parse
from voc_lib.tag import wording
from voc_lib.tag.checks import faults
from voc_lib.tag.taxonomy import OTHER, Tag, Taxonomy
from voc_lib.yamlfile import explained, listed, read_yaml


def packs() -> list[str]:
    """Names of the built-in taxonomies."""
    return listed("voc_lib.tag", "packs")


def load(name_or_path: str, *, folder: Path | None = None) -> Taxonomy:
    """The taxonomy of a built-in name or a YAML file (relative to `folder`), with what it extends, checked.

    Raises ParamsError listing every fault: unknown parents, colliding phrases, examples the rules get wrong.
    """
    if name_or_path in packs():
        return _builtin(name_or_path)
    return _checked(chain(name_or_path, folder or Path()))


@cache
def _builtin(name: str) -> Taxonomy:
    """A built-in taxonomy, read once; the tests look for its faults, not every run."""
    return _whole(chain(name, Path()))


def _whole(files: list[Written]) -> Taxonomy:
    where = files[-1].where
    return parse(Taxonomy, _complete(merged(files), where), where=where)


def _checked(files: list[Written]) -> Taxonomy:
    where, taxonomy = files[-1].where, _whole(files)
    found = faults(taxonomy)
    if found:
        lines = "".join(f"\n  · {fault}" for fault in found[:30])
        raise ParamsError(f"标签体系 {where} 有 {len(found)} 处需要修改：{lines}")
    return taxonomy


@dataclass(frozen=True)
class Written:
    """A taxonomy file as it is written, and its name."""

    raw: dict[str, Any]
    where: str


def chain(name: str, folder: Path, seen: tuple[str, ...] = ()) -> list[Written]:
    """The file of a taxonomy below all it extends, the lowest first; lists where lists must stand."""
    if name in packs():
        with as_file(files("voc_lib.tag").joinpath("packs", f"{name}.yaml")) as file:
            return _extended(_with_examples(read_yaml(file), name), file, name, seen)
    file = (folder / name).expanduser()
    if file.suffix not in (".yaml", ".yml"):
        raise ParamsError(
            f"没有标签体系 “{name}”。{did_you_mean(name, packs())}自己的标签体系请写 .yaml 文件路径。"
        )
    raw = read_yaml(file)
    with explained(file):
        return _extended(raw, file, str(file.resolve()), seen)


def _with_examples(raw: dict[str, Any], name: str) -> dict[str, Any]:
    """A built-in taxonomy with what people say of its tags."""
    said = wording.examples(name)
    return {**raw, "tags": [{**tag, "examples": said.get(tag["name"], [])} for tag in raw["tags"]]}


def _extended(raw: Any, file: Path, key: str, seen: tuple[str, ...]) -> list[Written]:
    if not isinstance(raw, dict):
        raise ParamsError(f"标签体系 {file.name} 应是 “键: 值” 形式的 YAML，现在是 {type(raw).__name__}。")
    if key in seen:
        loop = " → ".join(Path(step).name for step in (*seen, key))
        raise ParamsError(f"标签体系的 extends 成环：{loop}。请去掉其中一个 extends。")
    if found := list(_shapeless(raw)):
        lines = "".join(f"\n  · {fault}" for fault in found)
        raise ParamsError(f"标签体系 {file.name} 有 {len(found)} 处需要修改：{lines}")
    below = chain(str(raw["extends"]), file.parent, (*seen, key)) if raw.get("extends") else []
    return [*below, Written(raw, file.name)]


LISTS = [name for name, field in Tag.model_fields.items() if field.default == ()] + ["without"]


def _shapeless(raw: dict[str, Any]) -> Iterator[str]:
    """Keys that stand without a value or hold no list where lists are merged, each a sentence."""
    yield from _unlisted(raw, ("attributes", "tags", "exclusions"), "")
    for tag in raw["tags"] if isinstance(raw.get("tags"), list) else []:
        if not isinstance(tag, dict) or not isinstance(tag.get("name"), str) or not tag["name"].strip():
            yield f"tags 的每一项都要有 name（标签名），现在是 {tag!r}"[:200]
        else:
            yield from _unlisted(tag, LISTS, f"标签 “{tag['name']}” 的 ")


def _unlisted(raw: dict[str, Any], lists: Sequence[str], whose: str) -> Iterator[str]:
    for key, value in raw.items():
        if value is None:
            yield f"{whose}{key} 是空的，请写上内容，或删去这个键"
        elif key in lists and not isinstance(value, list):
            yield f"{whose}{key} 应是列表，例如 {key}: [{value}]，现在是 {value!r}"[:200]


def merged(files: Iterable[Written]) -> dict[str, Any]:
    """The files as one raw taxonomy, each with its own keys over those before it.

    Tags of one name are merged, within a file too; `drop: true` removes, the code of a tag with another name
    renames it.
    """
    return reduce(_merged, files, {})


def _merged(base: dict[str, Any], own: Written) -> dict[str, Any]:
    tags = {tag["name"]: tag for tag in base.get("tags", [])}
    codes = {tag["code"]: name for name, tag in tags.items() if "code" in tag}
    coded = set()
    for tag in own.raw.get("tags", []):
        tags = _with_tag(tags, tag, own.where, old=codes.get(tag.get("code")))
        if "code" in tag and tag["name"] in coded:
            raise ParamsError(f"标签体系 {own.where}：标签 “{tag['name']}” 写了两次，请合成一项或改名。")
        coded |= {tag["name"]} if "code" in tag else set()
    attributes = dict.fromkeys([*base.get("attributes", []), *own.raw.get("attributes", [])])
    everywhere = dict.fromkeys([*base.get("exclusions", []), *own.raw.get("exclusions", [])])
    rest = {key: value for key, value in own.raw.items() if key != "extends"}
    lists = {"attributes": list(attributes), "tags": list(tags.values()), "exclusions": list(everywhere)}
    return {**base, **rest, **lists}


def _with_tag(
    tags: dict[str, dict[str, Any]], own: dict[str, Any], where: str, *, old: str | None
) -> dict[str, dict[str, Any]]:
    """The tags by name with one entry of a file merged in; `old` is the name its code had below."""
    name = own["name"]
    if own.get("drop"):
        if name not in tags:
            raise ParamsError(f"标签体系 {where}：drop 的标签 “{name}” 不存在。{did_you_mean(name, tags)}")
        return {key: tag for key, tag in tags.items() if key != name}
    if name in tags:
        return {**tags, name: _merged_tag(tags[name], own)}
    if old in tags:
        return _renamed(tags, old, own)
    if not {"code", "parent"} <= own.keys():
        hint = did_you_mean(name, tags) if tags else ""
        needed = "给已有标签加词请写它的名称；新标签还要写 code 和 parent。"
        raise ParamsError(f"标签体系 {where}：没有标签 “{name}”。{hint}{needed}")
    return {**tags, name: _merged_tag({}, own)}


def _renamed(tags: dict[str, dict[str, Any]], old: str, own: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The tags with one under a new name; the old one stays an alias, and what stood below it stays there."""
    new = own["name"]
    renamed = _merged_tag(tags[old], {**own, "aliases": [*own.get("aliases", []), old]})
    moved = {name: {**tag, "parent": new} if tag.get("parent") == old else tag for name, tag in tags.items()}
    return {new if name == old else name: renamed if name == old else tag for name, tag in moved.items()}


def _merged_tag(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Lists are appended, other keys replaced; `without` takes words away from the base's lists."""
    without = own.get("without", [])
    merged = {k: [w for w in v if w not in without] if isinstance(v, list) else v for k, v in base.items()}
    for key, value in own.items():
        if key == "without":
            continue
        if isinstance(value, list):
            before = merged.get(key, [])
            merged[key] = before + [item for item in value if item not in before]
        else:
            merged[key] = value
    return merged


def _complete(raw: dict[str, Any], where: str) -> dict[str, Any]:
    """The raw taxonomy with its 其他; a missing name is the file's."""
    attributes, tags = raw.get("attributes"), raw.get("tags")
    if not isinstance(attributes, list) or not isinstance(tags, list):
        return raw
    raw = {"name": Path(where).stem, **raw}
    everywhere = raw.pop("exclusions", [])
    tags = [_excluding(tag, everywhere) for tag in tags] if everywhere else tags
    if not any(isinstance(tag, dict) and tag.get("name") == OTHER for tag in tags):
        tags = [*tags, {"name": OTHER, "code": "OTHER", "parent": OTHER, "urgency": "P2"}]
        attributes = attributes if OTHER in attributes else [*attributes, OTHER]
    return {**raw, "attributes": attributes, "tags": tags}


def _excluding(tag: dict[str, Any], everywhere: list[str]) -> dict[str, Any]:
    """The tag with the exclusions of the whole taxonomy added to its own."""
    own = tag.get("exclusions", [])
    return {**tag, "exclusions": [*own, *(word for word in everywhere if word not in own)]}
