"""What a run writes besides its tables."""

from __future__ import annotations

from voc_lib.strict import Strict


class Outputs(Strict):
    """What a run writes besides its tables."""

    html: bool = True
    pdf: bool = True
    excel: bool = True
