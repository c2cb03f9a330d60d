"""How a report's texts are cut into words, and which of them are no keywords: as its params say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from voc_lib.params import Settings

if TYPE_CHECKING:
    from voc_lib.text.segmentation import Segmenter


def segmenter(settings: Settings, products: pd.Series) -> Segmenter:
    """Cuts texts into words; those of the params' `userdict` and the names of the products stay whole."""
    from voc_lib.text.segmentation import Segmenter

    file = settings.params.userdict
    words = settings.resolve(file) if file else None
    return Segmenter(words, names=products.dropna().unique(), engine=settings.params.segmentation)


def stopwords(settings: Settings) -> frozenset[str]:
    """Words that are no keywords: the house's and those of the params' `stopwords`."""
    from voc_lib.text import segmentation

    file = settings.params.stopwords
    own = segmentation.listed(settings.resolve(file), key="stopwords") if file else []
    return segmentation.stopwords() | {word.lower() for word in own}
