"""A value that stands in the environment and never in a file."""

from __future__ import annotations

import os

from voc_lib.errors import ParamsError
from voc_lib.origin import ENV_REFERENCE


def secret(reference: str) -> str:
    """The value behind `${ENV_NAME}`; ParamsError when the variable is not set."""
    match = ENV_REFERENCE.fullmatch(reference)
    name = match[1] if match else reference
    value = os.environ.get(name)
    if not value:
        raise ParamsError(f"环境变量 {name} 没有设置。请先设置它（值不会写入任何输出）。")
    return value
