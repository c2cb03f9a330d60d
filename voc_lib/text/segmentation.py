"""Cutting Chinese into words: rjieba with a dictionary of its own, nothing process-wide."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path

import pandas as pd
import rjieba

from voc_lib.errors import ParamsError

SAFETY = 10  # suggested frequencies lie just above the split probability: ten times as much holds


class Segmenter:
    """Cuts texts; `userdict` is a file of one word per line (jieba's files too) or the words themselves.

    Words the dictionary knows are left as they are; new ones get an explicit frequency: neither the order of
    loading nor loading twice changes anything. `names` (of products) are words too; `own` are all of these in
    lower case, as lower-case texts hold them.
    """

    def __init__(
        self, userdict: str | Path | Iterable[str] | None = None, *, names: Iterable[str] = ()
    ) -> None:
        self._jieba = rjieba.Jieba()
        self.words, self.names = (tuple(dict.fromkeys(_words(given))) for given in (userdict, [*names]))
        self.own = frozenset(map(str.lower, (*self.words, *self.names)))
        base = rjieba.Jieba()
        for word in sorted({*self.words, *self.names, *self.own}):
            if not base.has_word(word):
                self._jieba.add_word(word, SAFETY * max(base.suggest_freq(word), 1), "n")

    def cut(self, text: str) -> list[str]:
        """The tokens of one text; together they are the text.

        >>> Segmenter(["花呗分期"]).cut("花呗分期用不了")
        ['花呗分期', '用', '不了']
        """
        return self._jieba.cut(text) if text else []

    def joined(self, texts: pd.Series) -> pd.Series:
        """Each text as tokens joined by one space, blanks left out; missing stays missing.

        >>> Segmenter().joined(pd.Series(["物流太慢 了"])).tolist()
        ['物流 太慢 了']
        """
        cut = self._jieba.cut
        values = texts.fillna("").astype("str").tolist()
        tokens = [" ".join(" ".join(cut(text)).split()) for text in values]
        return pd.Series(tokens, index=texts.index, dtype="str", name=texts.name).where(texts.notna())


def _words(userdict: str | Path | Iterable[str] | None) -> list[str]:
    """The words of a user dictionary."""
    if userdict is None:
        return []
    if isinstance(userdict, (str, Path)):
        return listed(Path(userdict), key="userdict")
    return [word.strip() for word in userdict if word.strip()]


def listed(file: Path, *, key: str) -> list[str]:
    """The first word of each line of a file, `#` lines left out; `key` of the params names it in an error."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise ParamsError(f"找不到词表 {file}。请检查参数 {key} 的路径。") from None
    except (UnicodeDecodeError, IsADirectoryError, PermissionError):
        raise ParamsError(f"参数 {key} 的词表 {file} 读不了。它应是 UTF-8 文本文件，每行一个词。") from None
    return [line.split()[0] for line in lines if line.strip() and not line.lstrip().startswith("#")]


@cache
def stopwords() -> frozenset[str]:
    """Words that say nothing about a subject, for keyword lists."""
    text = files("voc_lib.text").joinpath("stopwords.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())
