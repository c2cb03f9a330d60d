"""Names of several words stay whole: in cutting, among keywords, in files of the user dictionary."""

import pandas as pd

from voc_lib.text.keywords import keywords
from voc_lib.text.segmentation import Segmenter, listed

TEXTS = [
    "Air Fryer Pro冒烟了",
    "air  fryer pro 没有声音",
    "晨光 S9 Max没有声音",
    "SK-II 神仙水过敏",
    "云小贷还不上",
]
LINES = "# 产品\nAir Fryer Pro\n晨光 S9 Max\nSK-II 神仙水\n云小贷 100 nz\n"


def test_names_are_keywords_as_a_whole(tmp_path):
    file = tmp_path / "词典.txt"
    file.write_text(LINES, encoding="utf-8")
    words = listed(file, key="userdict")
    assert words == ["Air Fryer Pro", "晨光 S9 Max", "SK-II 神仙水", "云小贷"]
    texts = pd.Series(TEXTS * 2)
    found = keywords(texts, pd.Series(["全部"] * len(texts)), segmenter=Segmenter(words), top=30)
    terms = dict(zip(found["term"], found["n"], strict=True))
    assert terms["air fryer pro"] == 4 and terms["晨光 s9 max"] == 2 and terms["sk-ii 神仙水"] == 2
    assert terms["云小贷"] == 2 and not {"air", "fryer", "pro", "max", "神仙水"} & set(terms)


def test_other_words_that_hold_a_name_are_left_alone():
    cut = Segmenter(["Air Fry"]).cut
    assert "Air Fry" not in cut("Air Fryer 不错") and "Air Fry" in cut("这个Air Fry不错")
