"""How a notebook opened by hand says what went wrong: an error of the house is its sentence, no traceback."""

from __future__ import annotations

import sys
from typing import Any

from voc_lib.errors import VocError


def speak_plainly() -> None:
    """From now on this kernel, if it is one, shows the sentence of an error of the house alone."""
    if shell := _shell():
        shell.set_custom_exc((VocError,), _said)


def _shell() -> Any:
    """IPython where it runs; it is not imported for that."""
    module = sys.modules.get("IPython")
    return module.get_ipython() if module else None


def _said(
    shell: Any, kind: type[VocError], error: VocError, trace: Any, tb_offset: int | None = None
) -> None:
    shell._showtraceback(kind, error, [str(error)])
