"""Names of several words (Air Fryer Pro) as one token, and word lists that hold them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

PRIVATE = 0xF0000  # signs nobody writes
INNER = "\xa0"  # between the words of a name among tokens
# Parts of speech as jieba names them.
PARTS = "n|nr|ns|nt|nz|nw|nrt|nrfg|v|vn|vd|a|ad|an|d|i|l|m|q|r|t|x|eng|j|s|f|b|k"
FULL = re.compile(rf" \d+ (?:{PARTS})$")  # “云小贷 100 nz”
PART = re.compile(rf"(?<=[\u4e00-\u9fff]) (?:{PARTS})$")  # “云小贷 nz”
COUNTED = re.compile(r"(?<=\S) \d+$")


@dataclass(frozen=True)
class Names:
    """Names of several words, hidden from the segmenter behind one private sign each."""

    pattern: re.Pattern[str]
    signs: dict[str, str]
    names: dict[str, str]

    @classmethod
    def of(cls, words: Iterable[str]) -> Names | None:
        """The names among words; None where there are none."""
        names = sorted({word for word in words if " " in word}, key=lambda word: (-len(word), word))
        if not names:
            return None
        signs = {name.lower(): chr(PRIVATE + n) for n, name in enumerate(names)}
        each = "|".join(re.escape(name).replace(r"\ ", " +") for name in names)
        pattern = re.compile(rf"(?<![A-Za-z0-9])(?:{each})(?![A-Za-z0-9])", re.IGNORECASE)
        return cls(pattern, signs, {sign: name for name, sign in signs.items()})

    def hidden(self, text: str) -> tuple[str, dict[str, str]]:
        """The text with a sign for each name, and the names as they stand there by sign."""
        found: dict[str, str] = {}

        def sign(match: re.Match[str]) -> str:
            one = self.signs[" ".join(match[0].lower().split())]
            found.setdefault(one, match[0])
            return one

        return (self.pattern.sub(sign, text), found) if " " in text else (text, found)

    def shown(self, tokens: str) -> str:
        """Joined tokens with the names, in lower case, in place of their signs."""
        if tokens.isascii() or not any(sign in tokens for sign in self.names):
            return tokens
        return "".join(self.names[c].replace(" ", INNER) if c in self.names else c for c in tokens)


def entries(lines: Sequence[str]) -> list[str]:
    """The words of lines, without the frequency and part of speech that jieba's files have behind them.

    A number alone belongs to the name (小米 15) unless every line, or one with a part of speech, is jieba's.

    >>> entries(["Air Fryer Pro", "云小贷 100 nz"]), entries(["小米 15", "花呗"]), entries(["云小贷 100"])
    (['Air Fryer Pro', '云小贷'], ['小米 15', '花呗'], ['云小贷'])
    """
    jieba = any(FULL.search(line) for line in lines) or all(COUNTED.search(line) for line in lines)
    bare = [PART.sub("", FULL.sub("", line)) for line in lines]
    return [COUNTED.sub("", line) if jieba else line for line in bare]
