import base64
import io
import re

from fontTools.ttLib import TTFont

from voc_lib.report import webfont


def test_page_font_holds_the_words_of_the_page_and_little_else():
    rule = webfont.face("镕喆堃客户之声")
    font = TTFont(io.BytesIO(base64.b64decode(re.search(r"base64,([^)]+)", rule)[1])))
    held = set(map(chr, font.getBestCmap()))
    assert held >= set("镕喆堃客户之声Aa0") and len(held) < 120


def test_same_words_give_the_same_font():
    first = webfont.face("客户")
    webfont._subset.cache_clear()
    assert webfont.face("户客") == first


def test_rare_characters_come_with_the_page_in_a_font_of_their_own():
    common, rare = re.findall(r"@font-face{.*?}", webfont.face("客户䶮𬍛"))
    font = TTFont(io.BytesIO(base64.b64decode(re.search(r"base64,([^)]+)", rare)[1])))
    assert set(map(chr, font.getBestCmap())) == set("䶮𬍛")
    assert "unicode-range:U+4DAE,U+2C35B" in rare and "unicode-range" not in common
