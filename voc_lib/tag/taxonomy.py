"""Taxonomies: the tags of an industry with the words that speak of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from voc_lib.errors import ParamsError, did_you_mean

OTHER = "其他"
_QUICK = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # the same bytes by C, where PyYAML has it


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Pair(_Frozen):
    """Two words of one clause, in either order, at most `within` characters apart."""

    first: tuple[str, ...] = Field(min_length=1)
    second: tuple[str, ...] = Field(min_length=1)
    within: int = Field(6, ge=0, le=50)

    @property
    def label(self) -> str:
        """The rule as a reader says it."""
        return f"{'/'.join(self.first)}…{'/'.join(self.second)}"


def _pair(raw: Any) -> Any:
    """`[快递|物流, 慢|晚, 6]` as a mapping."""
    if isinstance(raw, (list, tuple)) and len(raw) in (2, 3):
        names = ("first", "second", "within")
        return {k: v.split("|") if isinstance(v, str) else v for k, v in zip(names, raw, strict=False)}
    return raw


class When(_Frozen):
    """Only feedback of these channels or products; empty means any."""

    channel: tuple[str, ...] = ()
    product: tuple[str, ...] = ()


class Tag(_Frozen):
    """One tag and the words that speak of it.

    `phrases` name the problem (and can be denied), `weak` words only its subject (never denied, count half),
    `subjects` the things it is about, which count where the text says that something went wrong; an
    `exclusions` phrase in a clause takes the clause away from the tag. Short texts worded like its `examples`
    are its own where no phrase says otherwise (`tag.wording`).
    """

    name: str = Field(min_length=1)
    code: str = Field(min_length=1)
    parent: str = Field(min_length=1)
    definition: str = ""
    aliases: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    pairs: tuple[Annotated[Pair, BeforeValidator(_pair)], ...] = ()
    patterns: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    negatable: bool = True
    department: str | None = None
    urgency: Literal["P0", "P1", "P2"] = "P2"
    urgent: tuple[str, ...] = ()
    when: When = When()


class Taxonomy(_Frozen):
    """All tags of an industry; attributes are the first level, 其他 is always there.

    In complaints a word of `grave` is P1, and P0 where one of `widely` stands in its clause.
    In a `complete` one 其他 is rare: short texts no phrase decides go to the tag they are worded like.
    """

    name: str
    title: str = ""
    version: str = "1"
    attributes: tuple[str, ...] = Field(min_length=1)
    department: str = "客户服务部"
    grave: tuple[str, ...] = ()
    widely: tuple[str, ...] = ()
    complete: bool = False
    tags: tuple[Tag, ...] = Field(min_length=1)

    @cached_property
    def by_name(self) -> dict[str, Tag]:
        """Tag name -> tag, in the order of the file."""
        return {tag.name: tag for tag in self.tags}

    @property
    def names(self) -> list[str]:
        """Names of all tags; 其他 is among them."""
        return list(self.by_name)

    @cached_property
    def attributes_by_tag(self) -> dict[str, str]:
        """Tag name -> attribute."""
        return {name: self.attribute_of(name) for name in self.by_name}

    @cached_property
    def aliases(self) -> dict[str, str]:
        """Every accepted spelling of a tag (name, code, alias) -> its name."""
        return {word: tag.name for tag in self.tags for word in (tag.code, *tag.aliases, tag.name)}

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy that makes its look-ups anew: pydantic would carry over those of the original."""
        copied = super().model_copy(update=update, deep=deep)
        for name in set(copied.__dict__) - set(type(self).model_fields):
            del copied.__dict__[name]
        return copied

    def tag(self, name: str) -> Tag:
        """The tag of that name; ParamsError lists the near ones."""
        if name not in self.by_name:
            raise ParamsError(f"标签体系 {self.name} 没有标签 “{name}”。{did_you_mean(name, self.by_name)}")
        return self.by_name[name]

    def attribute_of(self, tag: str) -> str:
        """The attribute (first level) a tag belongs to."""
        parent = self.tag(tag).parent
        return parent if parent in self.attributes else self.attribute_of(parent)

    def tag_above(self, tag: str) -> str:
        """The tag right below an attribute that a tag belongs to: its parent tag, or itself."""
        parent = self.tag(tag).parent
        return tag if parent in self.attributes else self.tag_above(parent)

    def department_of(self, tag: str) -> str:
        """The department responsible: the tag's own, else its parent tag's, else the taxonomy's."""
        found = self.tag(tag)
        if found.department:
            return found.department
        above = found.parent in self.by_name and found.parent not in self.attributes
        return self.department_of(found.parent) if above else self.department

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all it says, what it extends included: equal in two runs, equal rules."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def as_yaml(self) -> str:
        """All it says as one YAML file that extends nothing."""
        content = self.model_dump(mode="json", exclude_defaults=True)
        return yaml.dump(content, Dumper=_QUICK, allow_unicode=True, sort_keys=False, width=110)

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(self.model_dump_json())
