"""A person at mouse and keyboard: every key and click is a real one, and counted.

Times are those of the keystroke-level model (Card, Moran and Newell 1980), without the computer's own: a key
of somebody who does not type for a living, a pointing, a click, a hand moved between mouse and keyboard, a
moment to think before each field and each click. A Chinese character takes the keys of full pinyin (about
three letters) and half a key to choose the word.
"""

from dataclasses import dataclass
from typing import Any

KEY, POINT, CLICK, HOME, THINK = 0.28, 1.1, 0.2, 0.4, 1.35  # seconds
PINYIN = 3.5  # keys a Chinese character takes


@dataclass
class Hand:
    """The counts so far; `page` is a page of a browser."""

    page: Any
    keys: float = 0
    points: int = 0
    clicks: int = 0
    homes: int = 0
    thoughts: int = 0
    typing: bool = False

    def type(self, words):
        """Write into the field that has the focus."""
        self._move(typing=True)
        self.thoughts += 1
        self.keys += sum(1 if letter.isascii() else PINYIN for letter in words)
        self.page.keyboard.type(words)

    def press(self, *keys):
        """Press keys one after the other."""
        self._move(typing=True)
        for key in keys:
            self.keys += 1 + key.count("+")
            self.page.keyboard.press(key)

    def click(self, target):
        target.click()
        self.pointed()

    def choose(self, target, words):
        """Open a list and take one of it."""
        target.select_option(label=words)
        self.pointed(2)

    def pointed(self, times=1, clicks=1):
        """What was pointed at and clicked so often."""
        self._move(typing=False)
        self.thoughts += 1
        self.points += times
        self.clicks += times * clicks

    def _move(self, *, typing):
        self.homes += typing != self.typing
        self.typing = typing

    @property
    def minutes(self):
        """What the model makes of it."""
        moves = POINT * self.points + CLICK * self.clicks + HOME * self.homes
        return (KEY * self.keys + moves + THINK * self.thoughts) / 60
