"""Rows of a SQL query, read in pieces and read only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import pandas as pd

from voc_lib.collect.records import _cell
from voc_lib.collect.table import DATABASE, Table
from voc_lib.errors import DataError

if TYPE_CHECKING:
    from sqlalchemy import Connection

PIECE = 20_000
READ_ONLY = re.compile(r"^[\s(]*(?:select|with)\b", re.IGNORECASE)
# A command has an object; a column or alias of that name (… as call, order by call) has a clause after it.
CLAUSES = "as|from|asc|desc|and|or|is|in|like|not|between|then|else|when|end|where|order|group|limit|union|on"
WRITES = re.compile(
    r"(?<!\bas )(?<!\.)\b(?:(?:insert|update|delete|merge|into)\b"
    r"|(?:drop|alter|create|truncate|grant|revoke|attach|pragma|call|exec(?:ute)?|copy)"
    rf"(?: ?\(| (?!(?:{CLAUSES})\b)\w))",
    re.IGNORECASE,
)
QUOTED = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|`[^`]*`|--[^\n]*|/\*.*?\*/", re.DOTALL)


def read(url: str, query: str, *, name: str) -> Table:
    """The rows of a query; `url` is the secret itself, which no message shows."""
    with connected(url, query, name=name) as connection:
        return fetch(connection, query, name)


@contextmanager
def connected(url: str, query: str, *, name: str) -> Iterator[Connection]:
    """A connection that cannot write, for a query that only reads; DataError for whatever it refuses."""
    import sqlalchemy as sa

    check_query(query, name=name)
    try:
        engine = sa.create_engine(url)
    except (sa.exc.ArgumentError, ImportError, ValueError) as error:
        raise DataError(
            f"数据库来源 “{name}” 的地址无法使用（{type(error).__name__}）。应形如 sqlite:///文件 或 postgresql+psycopg://…。"
        ) from None
    try:
        with engine.connect() as connection:
            _make_read_only(connection)
            # no parameters: a query's own colons and percent signs mean nothing to the driver
            yield connection.execution_options(stream_results=True, no_parameters=True)
            connection.rollback()
    except sa.exc.SQLAlchemyError as error:
        raise DataError(
            f"数据库来源 “{name}” 查询失败：{_plain(error, engine.url.password)}。请检查地址、权限与 query。"
        ) from None
    finally:
        engine.dispose()


def among(query: str, what: str, where: str = "1 = 1") -> str:
    """A query for some columns and rows of a (checked) query; a comment at its end swallows nothing."""
    return f"select {what} from ({query.rstrip().rstrip(';')}\n) voc_rows where {where}"  # noqa: S608


def columns(connection: Connection, query: str) -> list[str]:
    """The names of the columns of a query."""
    with connection.exec_driver_sql(among(query, "*", "1 = 0")) as result:
        return list(result.keys())


def check_query(query: str, *, name: str) -> None:
    """Nothing, if the query only reads; DataError otherwise."""
    bare = " ".join(QUOTED.sub(" ", query).split()).rstrip("; ")
    if not READ_ONLY.match(bare) or ";" in bare or WRITES.search(bare):
        raise DataError(
            f"数据库来源 “{name}” 的 query 只能是一条 SELECT（或 WITH … SELECT）语句，不能写入或修改数据。"
        )


def _make_read_only(connection: Any) -> None:
    from sqlalchemy import text

    statement = {"sqlite": "PRAGMA query_only = ON", "postgresql": "SET TRANSACTION READ ONLY"}
    if connection.dialect.name in statement:
        connection.execute(text(statement[connection.dialect.name]))
    if connection.dialect.name in ("mysql", "mariadb"):
        connection.rollback()
        connection.execute(text("SET SESSION TRANSACTION READ ONLY"))


def fetch(connection: Connection, query: str, name: str) -> Table:
    """The rows of a query over a connection."""
    import numpy as np
    import pyarrow as pa

    told = now(connection)
    result = connection.exec_driver_sql(query)
    columns = _distinct(list(result.keys()))
    pieces = []
    while rows := result.fetchmany(PIECE):
        cells = zip(*rows, strict=True)
        pieces.append(
            pa.Table.from_arrays(
                [pa.array([_cell(v) for v in c], pa.large_string()) for c in cells], names=columns
            )
        )
    schema = pa.schema([(column, pa.large_string()) for column in columns])
    cells = pa.concat_tables(pieces) if pieces else schema.empty_table()
    lines = np.arange(1, cells.num_rows + 1, dtype="int64")
    return Table(f"{DATABASE}{name}", None, tuple(columns), cells, lines, written=told)


def now(connection: Connection) -> pd.Timestamp:
    """The database's own clock: what it holds cannot be later."""
    import sqlalchemy as sa

    told = pd.Timestamp(connection.execute(sa.select(sa.func.current_timestamp())).scalar_one())
    return told if told.tz is None else told.tz_convert("UTC").tz_localize(None)


def _distinct(names: list[str]) -> list[str]:
    from voc_lib.collect.table import unique_names

    return list(unique_names([str(name) for name in names]))


def _plain(error: Exception, password: str | None) -> str:
    """The driver's own words in one line, without statement, parameters or passwords."""
    cause = str(getattr(error, "orig", None) or type(error).__name__).split("\n", maxsplit=1)[0]
    for word in {password, quote(password), quote_plus(password)} if password else ():
        cause = cause.replace(word, "***")
    return re.sub(r"://[^@\s]*@", "://***@", cause)[:200]
