"""Subtitles (SRT, WebVTT) to the lines of a transcript: who says what, with its place in the recording."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from voc_lib.collect.elapsed import written
from voc_lib.errors import DataError

ARROW = "-->"
AT = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
TIMES = re.compile(rf"\s*{AT}\s*{ARROW}\s*{AT}(?:\s.*)?")
BEGINS = re.compile(rb"WEBVTT\b|(?:\d+\s*\r?\n)?\s*(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}\s*-->")
APART = ("WEBVTT", "NOTE", "STYLE", "REGION")  # blocks of WebVTT that are nobody's words
VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^<>]{1,40})>")
TAG = re.compile(r"</?[a-zA-Z0-9:.][^<>]{0,80}>|\{\\[^{}]*\}")
SIGNS = re.compile(r"[:：，。,！？!?；;\[\]【】|\"“”]+")  # of a name: what ends one in a transcript
LABEL = re.compile(r"[^\s:：，。]{1,16}[:：]")
END = "。！？!?…"
PAUSE, LONGEST = 2.0, 200  # seconds of silence, and characters, after which a new utterance begins


@dataclass(frozen=True)
class Cue:
    """What is said from `start` to `end`: the line of its times, who says it ("" unknown), its own lines."""

    line: int
    start: float
    end: float
    voice: str = ""
    lines: tuple[tuple[int, str], ...] = ()

    @property
    def words(self) -> str:
        """The lines as one text."""
        return _joined(*(words for _, words in self.lines))


def paragraphs(text: str, name: str) -> tuple[list[str], list[str]]:
    """The paragraphs of a subtitle file, one a line of it, and what to tell; DataError for what is none.

    Cues of one speaker that follow each other are one utterance, on the line of its first words; lines that
    are no words hold the stamp of their cue.

    >>> paragraphs("WEBVTT\\n\\n00:01.000 --> 00:03.000\\n<v 张三>报表太慢</v>", "a.vtt")[0]
    ['[00:00:00]', '', '[00:00:01]', '[00:00:01] 张三：报表太慢']
    """
    lines = text.splitlines()
    cues = _cues(lines, name)
    made = _stamped(lines, cues)
    for first, *rest in _utterances(cues):
        number, _ = first.lines[0]
        words = _joined(*(cue.words for cue in (first, *rest)))
        made[number] = f"[{written(first.start)}] {first.voice}：{words}" if first.voice else words
    odd = sum(cue.end < cue.start for cue in cues)
    return made, [f"有 {odd} 条字幕的结束早于开始，照收"] if odd else []


def _cues(lines: Sequence[str], name: str) -> list[Cue]:
    """The cues that have words, in order; counters, notes and what stands above the first are none."""
    cues: list[Cue] = []
    aside = False
    for number, line in enumerate(lines):
        aside = bool(line.strip()) and (aside or (line.startswith(APART) and _opens(lines, number)))
        if ARROW in line:
            cues.append(_cue(number, line, name))
        elif line.strip() and not aside and cues and not _counts(lines, number):
            cues[-1] = _with(cues[-1], number, line)
    found = [cue for cue in cues if cue.lines]
    if not found:
        raise DataError(
            f"{name} 是字幕文件，却没有一条带时间轴的话（00:00:01,000 --> 00:00:04,000）。请重新导出。"
        )
    return found


def _opens(lines: Sequence[str], number: int) -> bool:
    return number == 0 or not lines[number - 1].strip()


def _counts(lines: Sequence[str], number: int) -> bool:
    """Whether a line is the number or name of the cue below it."""
    return number + 1 < len(lines) and ARROW in lines[number + 1] and _opens(lines, number)


def _cue(number: int, line: str, name: str) -> Cue:
    found = TIMES.fullmatch(line)
    if not found:
        raise DataError(
            f"{name} 第 {number + 1} 行的时间轴读不懂，应像 00:00:01,000 --> 00:00:04,000。请改正或重新导出。"
        )
    start, end = _offset(*found.groups()[:4]), _offset(*found.groups()[4:8])
    return Cue(number, start, end)


def _offset(hours: str | None, minutes: str, seconds: str, part: str) -> float:
    return (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds) + float(f"0.{part}")


def _with(cue: Cue, number: int, line: str) -> Cue:
    """The cue with one more line of it; tags go, the voice they name stays."""
    voice = VOICE.search(line)
    named = SIGNS.sub(" ", html.unescape(voice[1])).strip() if voice else cue.voice
    words = html.unescape(TAG.sub("", line)).strip()
    return replace(cue, voice=named, lines=(*cue.lines, (number, words)) if words else cue.lines)


def _utterances(cues: Sequence[Cue]) -> list[list[Cue]]:
    """Cues that are one utterance together."""
    made: list[list[Cue]] = []
    for cue in cues:
        if made and _goes_on(made[-1], cue):
            made[-1].append(cue)
        else:
            made.append([cue])
    return made


def _goes_on(so_far: Sequence[Cue], cue: Cue) -> bool:
    last, length = so_far[-1], sum(len(each.words) for each in so_far)
    near = cue.start - last.end <= PAUSE and length + len(cue.words) <= LONGEST
    whole = not cue.voice and last.words.endswith(tuple(END))
    return near and cue.voice == so_far[0].voice and not whole and not LABEL.match(cue.words)


def _stamped(lines: Sequence[str], cues: Sequence[Cue]) -> list[str]:
    """Of each line the stamp of the cue it belongs to; lines with nothing on them as they are."""
    made, at = [], 0.0
    starts = {cue.line: cue.start for cue in cues}
    for number, line in enumerate(lines):
        at = starts.get(number, at)
        made.append(f"[{written(at)}]" if line.strip() else "")
    return made


def _joined(*parts: str) -> str:
    """Parts as one text, parted where either side is not Chinese.

    >>> _joined("报表", "太慢"), _joined("the report", "is slow")
    ('报表太慢', 'the report is slow')
    """
    made = ""
    for part in parts:
        made += f" {part}" if made and (made[-1].isascii() and part[:1].isascii()) else part
    return made
