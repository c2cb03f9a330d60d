"""Lines of delimited text to records: which quote opens a field of several lines, which is a stray one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

QUOTED_LINES = 20  # where the width says little, a quoted field has no more lines than that
MAX_QUOTED_LINES = 2_000
STRAY, JOINED = "stray", "joined"  # doubts about a record
DIGITS = re.compile(r"\d+")
ESCAPE = re.compile(rb'\\"(?=[^,\t;|\r\n"])')  # "他说\"不行\"，很慢": MySQL and programs write so
ESCAPED = re.compile(rb'(?:^|[,\t;|])"[^"\n]*' + ESCAPE.pattern, re.MULTILINE)
DOUBLED = re.compile(rb'[^,\t;|\r\n"]""[^,\t;|\r\n"]')
ALIKE = 0.8  # so many cells of a column share a form: the column is told by it
OFTEN = 0.2
EVIDENCE = 3  # characters of form that make a line a row of its own: T9 and 9, or a date


@dataclass(frozen=True)
class Record:
    """One record: its physical line (1-based), the line after it, its fields, its words, a doubt or ""."""

    line: int
    after: int
    fields: list[str]
    text: str
    doubt: str = ""


@dataclass(frozen=True)
class Shape:
    """What the rows of a table look like: their width, and the forms of the columns told by their form."""

    width: int = 0
    forms: tuple[tuple[int, frozenset[str]], ...] = ()

    def fits(self, cells: Sequence[str]) -> bool:
        """Whether these cells look like a row: ids, dates and numbers where the others have them.

        >>> shape = learn(["T1,慢,2026-09-01", "T20,坏,2026-9-2"], ",", width=3)
        >>> shape.fits(["T7", "好", "2026-10-01"]), shape.fits(["很好", "好", "2026-10-01"])
        (True, False)
        """
        if len(cells) != self.width:
            return False
        said = [(form(cells[column]), usual) for column, usual in self.forms]
        if any(word and word not in usual for word, usual in said):
            return False
        return sum(len(word) for word, _ in said) >= EVIDENCE


ANY = Shape()


def form(cell: str) -> str:
    """A cell with its numbers made alike.

    >>> form("GD0123"), form(' "2026-09-01"')
    ('GD9', '9-9-9')
    """
    return DIGITS.sub("9", cell.strip(' \t\r"'))


def learn(lines: Sequence[str], delimiter: str, *, width: int) -> Shape:
    """The shape of a table from lines of it, quotes taken as plain characters."""
    rows = [cells for line in lines if len(cells := line.split(delimiter)) == width]
    forms = []
    for column in range(width if len(rows) > 1 else 0):
        counts = Counter(word for row in rows if (word := form(row[column])))
        often = {word: n for word, n in counts.items() if n >= OFTEN * counts.total() and "9" in word}
        if often and sum(often.values()) >= ALIKE * counts.total():
            forms.append((column, frozenset(often)))
    return Shape(width, tuple(forms))


def scan(text: str, delimiter: str | None, *, usual: int = 0, shape: Shape = ANY) -> Iterator[Record]:
    """Records of a text, line by line; a quote that does not close sensibly is a plain character.

    >>> [r.fields for r in scan('1,"a\\nb"\\n2,"c\\n3,d', ",")]
    [['1', 'a\\nb'], ['2', '"c'], ['3', 'd']]
    """
    lines = text.split("\n")
    if lines and lines[-1] == "":
        lines.pop()
    number = 0
    while number < len(lines):
        line = lines[number].removesuffix("\r")
        if not line:
            number += 1
            continue
        fields, used, doubt = _fields(lines, number, delimiter, usual, shape)
        usual = usual or (len(fields) if len(fields) > 1 else 0)
        whole = line if used == 1 else "\n".join(lines[number : number + used])
        yield Record(number + 1, number + 1 + used, fields, whole, doubt)
        number += used


def _fields(
    lines: list[str], number: int, delimiter: str | None, usual: int, shape: Shape
) -> tuple[list[str], int, str]:
    """The fields of the record that begins at a line, how many lines it takes, and the doubt about it."""
    line = lines[number].removesuffix("\r")
    if delimiter is None:
        return [line], 1, ""
    plain = line.split(delimiter)
    if '"' not in line:
        return plain, 1, ""
    fields = split(line, delimiter)
    if fields is not None:
        return fields, 1, ""
    fields, used = _several_lines(lines, number, delimiter, usual)
    if fields is None:
        return plain, 1, STRAY
    alone = sum(shape.fits(inner.split(delimiter)) for inner in lines[number : number + used])
    if alone > shape.fits(fields):  # more rows when each line is one
        return plain, 1, STRAY
    return fields, used, JOINED if alone else ""


def _several_lines(lines: list[str], number: int, delimiter: str, usual: int) -> tuple[list[str] | None, int]:
    """The record whose quote is open at the end of its first line, and how many lines it takes.

    None unless every quoted field closes before a delimiter or a line end and the width is right. Each line
    is looked at once per field at most: an open quote meets the next line that opens one, and ends there.
    """
    limit = number + 1 + (MAX_QUOTED_LINES if usual > 2 else QUOTED_LINES)
    fields: list[str] = []
    line, last, start = lines[number].removesuffix("\r"), number, 0
    while not usual or len(fields) < usual:
        if line.startswith('"', start):
            parts, start = [], start + 1
            while (end := _closing(line, start)) < 0:
                parts.append(line[start:])
                last, start = last + 1, 0
                if last >= min(limit, len(lines)):
                    return None, 0
                line = lines[last].removesuffix("\r")
            fields.append("\n".join([*parts, line[start:end]]).replace('""', '"'))
            stop = end + 1
            if stop < len(line) and not line.startswith(delimiter, stop):
                return None, 0
        else:
            stop = line.find(delimiter, start)
            stop = len(line) if stop < 0 else stop
            fields.append(line[start:stop])
        if stop >= len(line):
            return (fields, last + 1 - number) if usual in (0, len(fields)) else (None, 0)
        start = stop + len(delimiter)
    return None, 0


def split(record: str, delimiter: str) -> list[str] | None:
    """The fields of one line; None while a quoted field is open.

    >>> split('a,"b,c",d', ","), split('a,"b', ",")
    (['a', 'b,c', 'd'], None)
    """
    fields, start, size = [], 0, len(record)
    while True:
        if record.startswith('"', start):
            end = _closing(record, start + 1)
            if end < 0:
                return None
            stop = record.find(delimiter, end + 1)
            stop = size if stop < 0 else stop
            fields.append(record[start + 1 : end].replace('""', '"') + record[end + 1 : stop])
        else:
            stop = record.find(delimiter, start)
            stop = size if stop < 0 else stop
            fields.append(record[start:stop])
        if stop >= size:
            return fields
        start = stop + len(delimiter)


def _closing(record: str, position: int) -> int:
    """Where a quoted field ends, doubled quotes skipped; -1 when it does not."""
    while True:
        position = record.find('"', position)
        if position < 0 or record[position : position + 2] != '""':
            return position
        position += 2


def notes(doubts: dict[str, list[int]]) -> list[str]:
    """What to tell the analyst about doubtful quotes: doubt -> lines.

    >>> notes({"stray": [3, 9]})
    ['第 3、9 行有不成对的引号，已当作普通字符、一行一条读入；请核对']
    """
    told = []
    if doubts.get(STRAY):
        told.append(f"第 {_listed(doubts[STRAY])} 行有不成对的引号，已当作普通字符、一行一条读入；请核对")
    if doubts.get(JOINED):
        told.append(
            f"第 {_listed(doubts[JOINED])} 行起的引号跨行，已并作一条，但其中有像单独记录的行；请核对"
        )
    return told


def unescaped(data: bytes) -> bytes:
    """The data with quotes doubled that were written \\" inside quoted fields; itself where none were.

    >>> unescaped(b'1,"a \\\\"b\\\\" c",d\\n').decode()
    '1,"a ""b"" c",d\\n'
    """
    if b"\\" not in data or b'\\"' not in data or not ESCAPED.search(data) or DOUBLED.search(data):
        return data
    return ESCAPE.sub(b'""', data)


def _listed(lines: Sequence[int]) -> str:
    return "、".join(map(str, lines[:10])) + (f" 等 {len(lines)} 处" if len(lines) > 10 else "")
