"""What a number must satisfy to be a card, an identity number, a telephone: checksums, prefixes, dates."""

from __future__ import annotations

import re
from datetime import date

_PROVINCES = frozenset(
    f"{region}{place}"
    for region, places in {
        1: "12345",
        2: "123",
        3: "1234567",
        4: "123456",
        5: "01234",
        6: "12345",
        7: "1",
        8: "123",
    }.items()
    for place in places
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10x98765432"
_OTHER_CARDS = re.compile(
    r"4\d{15}|5[1-5]\d{14}|35\d{14}|3[47]\d{13}|9558[018]\d{14}|95599\d{14}|6013\d{15}|603\d{13}(?:\d{3})?"
)
_MOBILE_GROUPS = frozenset(
    {
        (11,),
        (3, 4, 4),
        (3, 8),
        (7, 4),
        (4, 3, 4),
        (3, 3, 5),
        (5, 6),
        (4, 4, 3),
        (3, 4, 2, 2),
        (1,) * 11,
        (3, 2, 2, 2, 2),
        (1, 2, 2, 2, 2, 2),
    }
)
_CARD_GROUPS = (4, 4, 4)
_AREA = re.compile(r"(?:10|2\d|3[1-79]\d|4[1-7]\d|5[1-9]\d|6[36]\d|7[0-79]\d|8[1-9]\d|9[0-9]\d)")


def luhn(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit of the rest.

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    doubled = (sum(divmod(2 * int(d), 10)) for d in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def card_prefix(digits: str) -> str:
    """“unionpay” or “other” for a number that starts and is as long as a bank card, else nothing.

    >>> card_prefix("6222021234567890128"), card_prefix("4111111111111111"), card_prefix("2026091234567890")
    ('unionpay', 'other', '')
    """
    if re.fullmatch(r"62\d{14,17}|(?:436742|9558\d{2})\d{13}", digits):
        return "unionpay"
    return "other" if _OTHER_CARDS.fullmatch(digits) else ""


def in_fours(groups: tuple[int, ...]) -> bool:
    """Whether the digits are written in groups of four, as on a card."""
    return groups[:3] == _CARD_GROUPS and len(groups) <= 5 and all(1 <= g <= 4 for g in groups[3:])


def identity(number: str) -> bool:
    """Whether 18 characters are a well-formed identity number: province, date of birth, checksum (GB 11643).

    >>> identity("11010119900307109x"), identity("110101199003071090"), identity("110101199013071098")
    (True, False, False)
    """
    if len(number) != 18 or not dated_identity(number):
        return False
    return _CHECK[sum(w * int(d) for w, d in zip(_WEIGHTS, number, strict=False)) % 11] == number[-1]


def dated_identity(number: str) -> bool:
    """Whether province and date of birth of an identity number of 15 or 18 characters are possible."""
    if number[:2] not in _PROVINCES:
        return False
    born = number[6:14] if len(number) == 18 else "19" + number[6:12]
    return "1900" <= born[:4] <= "2099" and _is_day(born)


def _is_day(text: str) -> bool:
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return False
    return True


def is_recent_day(digits: str) -> bool:
    """Whether eight digits read as a day of this century, e.g. 20260901."""
    return len(digits) == 8 and digits[:2] == "20" and _is_day(digits)


def mobile(digits: str) -> bool:
    """Whether the digits are as many as a mobile number has and begin like one.

    >>> mobile("13800138000"), mobile("12345678901")
    (True, False)
    """
    return re.fullmatch(r"1[3-9]\d{9}", digits) is not None


def mobile_groups(groups: tuple[int, ...], *, odd: bool = False) -> bool:
    """Whether eleven digits are grouped as in a mobile number; with odd signs between only as 3-4-4.

    >>> mobile_groups((3, 4, 4)), mobile_groups((5, 6)), mobile_groups((5, 6), odd=True)
    (True, True, False)
    """
    return groups in ((3, 4, 4), (5, 3, 3)) if odd else groups in _MOBILE_GROUPS


def area_code(code: str) -> bool:
    """Whether the digits after the leading 0 are an area code: 10, 21, 755 …"""
    return _AREA.fullmatch(code) is not None
