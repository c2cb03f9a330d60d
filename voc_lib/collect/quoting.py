"""Lines of delimited text to records: which quote opens a field of several lines, which is a stray one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

QUOTED_LINES = 20  # where the width says little, a quoted field has no more lines than that
MAX_QUOTED_LINES = 2_000
VAIN = 4  # so often each line may be looked at in vain for the end of a quoted field
STRAY, JOINED = "stray", "joined"  # doubts about a record
DIGITS = re.compile(r"\d+")
ESCAPE = re.compile(rb'\\"(?=[^,\t;|\r\n"])')  # "他说\"不行\"，很慢": MySQL and programs write so
ESCAPED = re.compile(rb'(?:^|[,\t;|])"[^"\n]*' + ESCAPE.pattern, re.MULTILINE)
DOUBLED = re.compile(rb'[^,\t;|\r\n"]""[^,\t;|\r\n"]')
ALIKE = 0.8  # so many cells of a column share a form: the column is told by it
OFTEN = 0.2
EVIDENCE = 3  # characters of form that make a line a row of its own: T9 and 9, or a date
BREAK = b"\x1e"  # stands for a line feed inside a cell while rows are told apart
SAMPLE = 1_000
ALONE = "\x1f"  # stands in no text: the delimiter of a table of one column


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
        if not self.allows(cells):
            return False
        return sum(len(form(cells[column])) for column, _ in self.forms) >= EVIDENCE

    def allows(self, cells: Sequence[str]) -> bool:
        """Whether nothing in these cells speaks against their being a row.

        >>> learn(["5,很好", "4,坏"], ",", width=2).allows(["很好", "也不贵"])
        False
        """
        if len(cells) != self.width:
            return False
        said = [(form(cells[column]), usual) for column, usual in self.forms]
        return all(not word or word in usual for word, usual in said)


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
    number = vain = 0
    while number < len(lines):
        if lines[number] in ("", "\r"):
            number += 1
            continue
        far = vain <= VAIN * (number + MAX_QUOTED_LINES)
        record, looked = _record(lines, number, delimiter or ALONE, usual, shape, far=far)
        vain += looked
        usual = usual or (len(record.fields) if len(record.fields) > 1 else 0)
        yield record
        number = record.after - 1


def _record(
    lines: list[str], number: int, delimiter: str, usual: int, shape: Shape, *, far: bool
) -> tuple[Record, int]:
    """The record that begins at a line, and how many lines were looked at in vain."""
    line = lines[number].removesuffix("\r")
    if '"' not in line:
        return Record(number + 1, number + 2, line.split(delimiter), line), 0
    fields = split(line, delimiter)
    if fields is not None:
        return Record(number + 1, number + 2, fields, line), 0
    fields, used = _several_lines(lines, number, delimiter, usual, MAX_QUOTED_LINES if far else QUOTED_LINES)
    inside = lines[number : number + used]
    alone = sum(shape.fits(inner.split(delimiter)) for inner in inside) if fields else 0
    if fields is None or alone > shape.fits(fields) or _doubtful(inside, delimiter, usual, shape):
        return Record(number + 1, number + 2, line.split(delimiter), line, STRAY), used
    return Record(number + 1, number + used + 1, fields, "\n".join(inside), JOINED if alone else ""), 0


def _doubtful(inside: Sequence[str], delimiter: str, usual: int, shape: Shape) -> bool:
    """Whether a long cell of a narrow table, whose width says little, holds what may be rows.

    Not where rows end in CR LF and the lines inside the cell do not.
    """
    *inner, last = inside
    bare = last.endswith("\r") and not any(line.endswith("\r") for line in inner)
    if usual > 2 or bare or len(inside) <= QUOTED_LINES:
        return False
    return any(shape.allows(line.split(delimiter)) for line in inside[1:-1])


def _several_lines(
    lines: list[str], number: int, delimiter: str, usual: int, limit: int
) -> tuple[list[str] | None, int]:
    """The record whose quote is open at the end of its first line, and how many lines were looked at.

    None unless every quoted field closes before a delimiter or a line end and the width is right.
    """
    fields: list[str] = []
    line, last, start = lines[number].removesuffix("\r"), number, 0
    while not usual or len(fields) < usual:
        if line.startswith('"', start):
            parts, start = [], start + 1
            while (end := _closing(line, start)) < 0:
                parts.append(line[start:])
                last, start = last + 1, 0
                if last >= min(number + limit + 1, len(lines)):
                    return None, last - number
                line = lines[last].removesuffix("\r")
            fields.append("\n".join([*parts, line[start:end]]).replace('""', '"'))
            stop = end + 1
            if stop < len(line) and not line.startswith(delimiter, stop):
                return None, last - number
        else:
            stop = line.find(delimiter, start)
            stop = len(line) if stop < 0 else stop
            fields.append(line[start:stop])
        if stop >= len(line):
            return (fields if usual in (0, len(fields)) else None), last + 1 - number
        start = stop + len(delimiter)
    return None, last - number


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


def rejoined(data: bytes, delimiter: str | None) -> bytes:
    """The data with BREAK for bare line feeds that stand inside a cell without quotes.

    Where rows end in CR LF, the pieces between bare line feeds are one row if together they have its width.

    >>> rejoined(b"1,a,b\\r\\n2,c,d\\ne\\r\\n", ",")
    b'1,a,b\\r\\n2,c,d\\x1ee\\r\\n'
    """
    ends = data.count(b"\r\n")
    if delimiter is None or ends < 2 or ends == data.count(b"\n") or BREAK in data:
        return data
    mark, rows = delimiter.encode(), data.split(b"\r\n")
    whole = Counter(row.count(mark) for row in rows[:SAMPLE] if row and b"\n" not in row and b'"' not in row)
    usual = whole.most_common(1)[0][0] if whole else 0
    broken = [
        n for n, row in enumerate(rows) if b"\n" in row and b'"' not in row and row.count(mark) == usual
    ]
    if not usual or not broken:
        return data
    for n in broken:
        rows[n] = rows[n].replace(b"\n", BREAK)
    return b"\r\n".join(rows)


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
