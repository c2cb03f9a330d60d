"""What is wrong with a file, key by key, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from voc_lib.errors import ParamsError, did_you_mean

M = TypeVar("M", bound=BaseModel)


def parse(model: type[M], raw: Any, *, where: str) -> M:
    """A validated model; ParamsError lists every fault as “key: what is wrong”."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        faults = [_fault(model, fault) for fault in error.errors()]
        lines = "".join(f"\n  · {fault}" for fault in dict.fromkeys(faults))
        raise ParamsError(f"{where} 有 {len(faults)} 处需要修改：{lines}") from None


_SENTENCES = {
    "missing": "缺少这一项，必须填写",
    "int_type": "应是整数",
    "int_parsing": "应是整数",
    "int_from_float": "应是整数",
    "float_type": "应是数字",
    "float_parsing": "应是数字，不带单位（95% 写成 0.95，2 天写成 48）",
    "string_type": "应是文字（日期、数字请加引号）",
    "bool_type": "应是 true 或 false",
    "bool_parsing": "应是 true 或 false",
    "list_type": "应是列表（每行以 - 开头）",
    "tuple_type": "应是列表，例如 [词一, 词二]",
    "string_too_short": "不能是空的",
    "dict_type": "应是 “键: 值”",
    "model_type": "应是 “键: 值”",
    "too_short": "至少要有一项",
    "date_from_datetime_parsing": "应是日期，例如 2026-09-30",
    "date_from_datetime_inexact": "应是日期，例如 2026-09-30",
    "date_parsing": "应是日期，例如 2026-09-30",
}


def _fault(model: type[BaseModel], fault: Any) -> str:
    key = ".".join(str(part) for part in fault["loc"]) or "整个文件"
    kind, context = fault["type"], fault.get("ctx", {})
    if kind == "extra_forbidden":
        return f"{key}：不认识的键。{did_you_mean(str(fault['loc'][-1]), _allowed(model, fault['loc'][:-1]))}"
    if kind == "missing":
        return f"{key}：{_SENTENCES[kind]}"
    if kind == "value_error":
        return f"{key}：{context['error']}"
    if kind == "literal_error":
        return f"{key}：“{fault['input']}” 不可用。可用：{context['expected']}"
    limits = {"greater_than": ">", "greater_than_equal": "≥", "less_than": "<", "less_than_equal": "≤"}
    if kind in limits:
        return f"{key}：{fault['input']!r} 超出范围，应 {limits[kind]} {next(iter(context.values()))}"
    return f"{key}：{_SENTENCES.get(kind, fault['msg'])}，现在是 {fault['input']!r}"[:300]


def _allowed(model: type[BaseModel], location: tuple) -> list[str]:
    """Keys allowed at a place inside a model, following lists and optional models."""
    for part in location:
        if isinstance(part, int):
            continue
        annotation = model.model_fields[part].annotation
        model = next(_models(annotation), model)
    return [field.alias or name for name, field in model.model_fields.items()]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models(inner)
