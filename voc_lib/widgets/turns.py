"""What a desk sends is handled one by one, in the order it was sent."""

from __future__ import annotations

import sys
from typing import Any


def keep() -> None:
    """Nothing; a kernel answers every widget in its main thread from now on.

    ipykernel 7.4 answers each in the thread that last wrote to it: cells made by a click beside the main one,
    the button “保存” in it. A save then overtakes what was typed just before and leaves it out.
    """
    comms: Any = getattr(sys.modules.get("ipykernel.comm.comm"), "BaseComm", None)
    if hasattr(comms, "_reply_subshell_for"):
        comms._reply_subshell_for = lambda comm, data, default: None
