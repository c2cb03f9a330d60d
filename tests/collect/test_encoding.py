import pytest

from voc_lib.collect import encoding
from voc_lib.errors import DataError

TEXT = "工单号,反馈内容\n1,物流太慢了，等了三天还没有到\n2,客服态度很差\n"
TRADITIONAL = "工單號,反饋內容\n1,物流太慢了，等了三天還沒有到，客服態度很差\n"


@pytest.mark.parametrize(
    "name", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
@pytest.mark.parametrize("text", [TEXT, "反馈\n慢\n", "内容\n" + "退款一直没有到账" * 200])
def test_the_ladder_gives_the_text_back(name, text):
    if name in ("utf-16-le", "utf-16-be") and text.startswith("反馈"):
        pytest.skip("几个字的 UTF-16 没有标记就没有证据")
    assert encoding.decode(text.encode(name)).data.decode() == text


def test_big5_is_told_from_gb18030():
    decoded = encoding.decode(TRADITIONAL.encode("big5"))
    assert decoded.encoding == "big5" and decoded.data.decode() == TRADITIONAL


def test_windows_euro_sign_and_double_marks():
    assert (
        encoding.decode("价格 ".encode("gbk") + b"\x80" + "5，太贵".encode("gbk")).data.decode()
        == "价格 €5，太贵"
    )
    assert encoding.decode(b"\xef\xbb\xbf" * 2 + b"a,b").data == b"a,b"


def test_bad_bytes_are_located_and_kept_visible():
    data = TEXT.encode() + "3,坏".encode() + b"\xff" + "字节\n".encode()
    decoded = encoding.decode(data)
    assert decoded.bad_count == 1 and decoded.bad == ((4, data.index(b"\xff")),)
    assert "坏\\xff字节" in decoded.data.decode() and "第 4 行" in decoded.notes[0]


UTF8, GB = TEXT.encode(), "3,退款一直没有到账，客服也不理\n4,包装破损\n".encode("gb18030")


@pytest.mark.parametrize("data", [UTF8 + GB, GB + UTF8, "\ufeff".encode() + UTF8 + GB, UTF8 + GB + UTF8])
def test_lines_of_two_encodings_in_one_file_are_all_read(data):
    decoded = encoding.decode(data)
    both = {True: data.replace(UTF8, TEXT.encode("gb18030")).removeprefix(b"\xef\xbb\xbf")}
    assert decoded.data.decode() == both[True].decode("gb18030") and not decoded.bad_count
    assert len(decoded.foreign) == 2 and "2 行按 GB18030" in decoded.notes[0]


def test_a_line_of_neither_encoding_is_located_beside_them():
    data = UTF8 + GB + b"5,\xff\xff\n" + "6,断字".encode()[:-1] + b"\n"
    decoded = encoding.decode(data)
    assert decoded.foreign == (4, 5) and decoded.bad[0] == (6, data.index(b"\xff"))
    assert "5,\\xff\\xff\n6,断\\xe5\\xad" in decoded.data.decode() and decoded.bad[-1][0] == 7


def test_files_of_one_encoding_are_not_taken_apart():
    assert encoding.decode(GB * 50).foreign == () and encoding.decode(UTF8 * 3).foreign == ()


def test_byte_order_marks_of_joined_files_go():
    both = "\ufeff甲\n".encode() + "\ufeff乙\n".encode()
    assert encoding.decode(both).data.decode() == "甲\n乙\n"


def test_an_override_and_an_unknown_name():
    assert encoding.decode(TRADITIONAL.encode("big5"), encoding="big5").data.decode() == TRADITIONAL
    assert encoding.decode("慢".encode("utf-8-sig"), encoding="gb18030").data.decode() == "慢"
    with pytest.raises(DataError, match="gb18030"):
        encoding.decode(b"a", encoding="gb99999", where="工单.csv")


LONG = TEXT + "3,退款一直没有到账，客服也不理\n"


@pytest.mark.parametrize(("data", "said", "true"), [
    (b"\xef\xbb\xbf" + LONG.encode("gb18030"), None, "gb18030"),
    (LONG.encode(), "gb18030", "utf-8"),
    (LONG.encode("gb18030"), "utf-8", "gb18030"),
    (LONG.encode("gb18030"), "gbk", "gbk"),
    (b"\xef\xbb\xbf" + LONG.encode("gb18030"), "gb18030", "gb18030"),
])  # fmt: skip
def test_bytes_are_believed_before_marks_and_wishes(data, said, true):
    decoded = encoding.decode(data, encoding=said)
    assert decoded.data.decode() == LONG and decoded.encoding == true
    told = any(f"内容却是 {true}" in note for note in decoded.notes)
    assert told == ((said or "utf-8") != true)


def test_one_bad_byte_in_a_short_file_is_one_bad_byte():
    decoded = encoding.decode("工单号,反馈内容\n1,太慢".encode() + b"\xff\n")
    assert decoded.encoding == "utf-8" and decoded.bad_count == 1


def test_any_number_of_bad_places_is_one_pass():
    line = "物流太慢了，等了三天还没有到，没有人理".encode("gb18030") + b"\x80\n"
    assert encoding.decode(line * 200_000, encoding="gb18030").data.count("€".encode()) == 200_000
    bad = ("物流太慢了，等了三天" * 30).encode() + b"\xff\n"
    assert encoding.decode(bad * 10_000).bad_count == 10_000


def test_characters_lost_before_the_export_are_told():
    assert "2 处“锟斤拷”" in encoding.decode((TEXT + "3,锟斤拷太慢\n4,\ufffd坏\n").encode()).notes[0]
    assert encoding.decode(TEXT.encode()).notes == ()


def test_bad_units_of_utf_16_shift_nothing():
    decoded = encoding.decode(
        "\ufeff慢".encode("utf-16-le") + b"\x00\xd8" + ("很坏" * 20).encode("utf-16-le")
    )
    assert decoded.data.decode() == "慢\\x00\\xd8" + "很坏" * 20


@pytest.mark.parametrize("codec", ["cp1252", "gb18030"])
def test_double_encoding_is_undone_where_it_is_certain(codec):
    text = "客服态度不好，退款很慢"
    broken = text.encode().decode("latin-1" if codec == "cp1252" else codec, errors="ignore")
    expected = text if broken.encode("latin-1" if codec == "cp1252" else codec) == text.encode() else broken
    assert encoding.repair(broken) == expected


@pytest.mark.parametrize("text", ["联通", "café", "naïve", "质量好", "Ã", "", "€5", "物流太慢了，等了三天"])
def test_text_that_is_right_stays(text):
    assert encoding.repair(text) == text


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(DataError, match="不像文本"):
        encoding.decode(bytes(range(128, 256)) * 50, where="图.csv")
