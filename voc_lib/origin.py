"""Where rows come from, as params write it: files, or a query of a database whose address is a secret."""

from __future__ import annotations

import re

ENV_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def require_one(path: str | None, url: str | None, query: str | None) -> None:
    """Nothing, or ValueError where it is neither a path nor a query with an address of the environment."""
    if (path is None) == (url is None):
        raise ValueError("path 与 url 必须且只能写一个")
    if url is not None and not ENV_REFERENCE.fullmatch(url):
        raise ValueError("url 只能写成 ${环境变量名}，不要把密码写进参数文件")
    if (url is None) != (query is None):
        raise ValueError("url 与 query 必须同时写")
