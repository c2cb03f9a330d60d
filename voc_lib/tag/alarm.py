"""How urgent a short text sounds by all its characters: weighed by what sentences taught.

Words of danger stand in jests, names of goods and thanks too; what is dreadful is told without any of them.
`benchmarks/alarm.py` makes the weights (`alarm.json`) from sentences written for this project.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

from voc_lib.schema import URGENCIES
from voc_lib.tag import gist
from voc_lib.text.matching import corpora


def leads(texts: pd.Series) -> np.ndarray:
    """How far each level (columns, as URGENCIES) is ahead of the others in each text, in log odds.

    >>> told = leads(pd.Series(["孩子从三楼摔下去了，流了好多血", "燃气报警器装好了，挺好用"]))[:, 0]
    >>> bool(told[0] > 1), bool(told[1] < -2)
    (True, True)
    """
    found = [np.zeros((0, len(URGENCIES)), dtype=np.float32)]
    found += [shipped().odds(part)[0] for part in corpora(gist.framed(texts))]
    odds = np.concatenate(found)
    others = [np.delete(odds, level, axis=1).max(axis=1) for level in range(len(URGENCIES))]
    return odds - np.stack(others, axis=1)


@cache
def shipped() -> gist.Weights:
    """The weights of the project."""
    return gist.weights(json.loads(files("voc_lib.tag").joinpath("alarm.json").read_text(encoding="utf-8")))
