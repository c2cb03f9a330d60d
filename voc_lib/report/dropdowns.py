"""Lists to choose from in the cells of a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

LONGEST_LIST = 250  # characters Excel allows in a list of choices


def choose(
    sheet: Any, area: tuple[int, int, int, int], choices: Sequence[str] | str, *, only: bool = True
) -> None:
    """Nothing; the cells offer the choices, or those of a range (“=标签!$A$2:$A$9”).

    What is not on the list is refused (`only`) or asked about. A list Excel cannot hold is left out.
    """
    listed = not isinstance(choices, str)
    if listed and (len(",".join(choices)) > LONGEST_LIST or any("," in choice for choice in choices)):
        return
    source = list(choices) if listed else choices
    rule = {"validate": "list", "source": source, "error_type": "stop" if only else "warning"}
    told = "只能从列表中选择。" if only else "列表里没有这一项，仍要使用吗？"
    sheet.data_validation(*area, {**rule, "error_title": "请核对", "error_message": told})
