"""Mails and mailboxes: the sender's own words, who they are, and mails that are no feedback."""

from datetime import UTC, datetime

import pytest

from tests.collect.talks import mail, outlook
from voc_lib import collect
from voc_lib.clean import privacy
from voc_lib.collect import readers
from voc_lib.errors import DataError

REPLY = """报表中心还是打不开，月底领导催着要数。

李雪
华东销售部
电话：13800138000

发件人: 服务台 <crm@firm.com>
发送时间: 2026年9月7日 10:00
主题: 报表
您好，请清缓存再试。
"""
EMPLOYEES = "工号,部门,岗位\nE0012,华东销售部,销售代表\nE0013,客服部,客服\n"
LOG = "工号,操作时间,功能\nE0012,2026-09-01 09:00:00,报表\n"


@pytest.fixture
def crm(shop):
    """Loads one file of mails as a source of a report on the CRM."""

    def load(content, path):
        side = {"员工.csv": EMPLOYEES, "log.csv": LOG}
        source = {"name": "信箱", "path": path, "channel": None}
        more = {"employees": {"path": "员工.csv"}, "logs": {"path": "log.csv"}, "industry": "crm_usage"}
        return collect.load(shop({path: content, **side}, source=source, subject="crm", **more))

    return load


def test_a_mail_is_the_senders_own_words_with_where_they_belong(crm):
    found = crm(mail(REPLY, subject="回复: 报表"), "a.eml").feedback.iloc[0]
    assert found["text"] == "报表中心还是打不开，月底领导催着要数。"
    assert str(found["created_at"]) == "2026-09-08 09:30:00" and found["channel"] == "邮件"
    assert (found["customer_id"], found["region"], found["product"]) == ("E0012", "华东销售部", "销售代表")


def test_neither_name_nor_address_is_left_after_masking(crm):
    found = privacy.protect(crm(mail(REPLY), "a.eml"), b"0123456789abcdef").feedback
    assert "李雪" not in found.to_csv() and "e0012" not in found.to_csv()


def test_a_mailbox_closes_to_the_mail_and_says_why_some_are_none(crm):
    sealed = mail("x", id="<2@f>").replace(
        b"text/plain", b"application/pkcs7-mime; smime-type=enveloped-data"
    )
    pgp = mail("-----BEGIN PGP MESSAGE-----\nhQEMA\n-----END PGP MESSAGE-----", id="<3@f>")
    away = mail("我在休假", subject="自动回复: CRM", id="<4@f>")
    undated = mail("审批太慢", id="<5@f>").replace(b"Date: Tue, 08 Sep 2026 09:30:00 +0800\n", b"")
    mails = [mail("线索总是丢", id="<1@f>"), sealed, pgp, away, undated]
    box = b"".join(b"From a@firm.com Tue Sep  8 09:30:00 2026\n" + one + b"\n" for one in mails)
    found = crm(box, "a.mbox")
    assert found.feedback["text"].tolist() == ["CRM 问题\n线索总是丢"]
    assert found.reads["read"].iloc[0] == 5
    reasons = found.quarantine.set_index("line")["reason"].to_dict()
    assert reasons == {
        2: "邮件已加密，读不到正文",
        3: "邮件已加密，读不到正文",
        4: "自动回复，不是发件人写的",
        5: "反馈时间为空",
    }


SENT = datetime(2026, 9, 8, 1, 30, tzinfo=UTC)
HEAD = "From: =?gb2312?B?wO7RqQ==?= <e0012@firm.com>\r\nDate: Tue, 08 Sep 2026 09:30:00 +0800\r\nTo: x"


@pytest.mark.parametrize(
    "properties",
    [
        {"u0c1a": "李雪", "u5d01": "e0012@firm.com", "u0c1f": "/O=FIRM/CN=RECIPIENTS/CN=E0012"},
        {"u007d": HEAD},
        {"a0c1a": "李雪".encode("gb18030"), "a0c1f": b"E0012@firm.com\0"},
    ],
    ids=["inside a firm", "by its head", "in the letters of an old machine"],
)
def test_a_mail_of_outlook_is_read_like_any_other(crm, properties):
    raw = outlook(SENT, a0037="回复: 报表".encode("gb18030"), u1000=REPLY + "早先。" * 900, **properties)
    found = crm(raw, "a.msg").feedback.iloc[0]
    assert found["text"] == "报表中心还是打不开，月底领导催着要数。"
    assert str(found["created_at"]) == "2026-09-08 09:30:00" and found["channel"] == "邮件"
    assert (found["customer_id"], found["customer_name"], found["region"]) == ("E0012", "李雪", "华东销售部")


def test_a_page_of_outlook_is_words_by_its_own_letters(crm):
    page = "<html><p>导入失败</p><p>E413 是什么</p></html>".encode("gb18030")
    found = crm(outlook(SENT, u0037="CRM 问题", b1013=page, u5d01="e0013@firm.com"), "a.msg").feedback
    assert found["text"].tolist() == ["CRM 问题\n导入失败\nE413 是什么"]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("IPM.Note.SMIME", "邮件已加密，读不到正文"),
        ("REPORT.IPM.Note.NDR", "自动回复，不是发件人写的"),
        ("IPM.Note", "邮件无法解析"),  # words in rich text alone
    ],
)
def test_a_mail_of_outlook_without_words_of_a_sender_says_why(tmp_path, kind, reason):
    file = tmp_path / "a.msg"
    file.write_bytes(outlook(SENT, u001a=kind, u0037="x", b1009=b"LZFu"))
    (table,) = readers.read(file, talks=True)
    assert table.read == 1 and table.rejects["reason"].tolist() == [reason]


def test_html_alone_is_read_as_words(crm):
    page = (
        "<html><style>p{}</style><p>导入失败</p><p>E413&nbsp;是什么</p><blockquote>旧信</blockquote></html>"
    )
    raw = mail("x", id="<1@f>").replace(b'text/plain; charset="utf-8"', b'text/html; charset="utf-8"')
    body = raw.split(b"\n\n", 1)[0].replace(b"7bit", b"8bit") + b"\n\n" + page.encode()
    assert crm(body, "a.eml").feedback["text"].iloc[0] == "CRM 问题\n导入失败\nE413 是什么"


def test_a_body_whose_charset_is_wrong_is_still_read(crm):
    raw = mail("x", id="<1@f>").split(b"\n\n", 1)[0].replace(b"utf-8", b"us-ascii").replace(b"7bit", b"8bit")
    found = crm(raw + b"\n\n" + "客户重复太多，一户三条".encode("gb18030"), "a.eml").feedback
    assert found["text"].iloc[0].endswith("客户重复太多，一户三条")


@pytest.mark.parametrize(
    ("name", "inside", "told"),
    [
        ("a.msg", "__substg1.0_0037001F", r"a\.msg 无法读取：文件已损坏.*Outlook"),
        ("a.doc", "WordDocument", r"a\.doc.*另存为 \.docx"),
        ("a.docx", "EncryptedPackage", r"a\.docx 有密码"),
    ],
)
def test_what_cannot_be_read_says_what_to_save_instead(tmp_path, name, inside, told):
    file = tmp_path / name
    file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + inside.encode("utf-16-le"))
    with pytest.raises(DataError, match=told):
        readers.read(file, talks=True)


def test_a_side_table_that_is_a_document_is_refused(tmp_path):
    file = tmp_path / "a.eml"
    file.write_bytes(mail("x"))
    with pytest.raises(DataError, match="不是表格"):
        readers.read(file)


NESTED = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(3_000))
HOSTILE = [
    b"From: a@b.c\nDate: Tue, 08 Sep 2026 09:30:00 +0800\nSubject: x\n" + NESTED,
    b"From: \xff\xfe<<>>\nDate: yesterday\nContent-Type: text/plain; charset=no-such\n\n\xff\xfe\x00",
]


@pytest.mark.parametrize("raw", HOSTILE, ids=["nested", "broken"])
def test_a_hostile_mail_is_one_row_whatever_it_holds(raw, tmp_path):
    file = tmp_path / "a.eml"
    file.write_bytes(raw)
    (table,) = readers.read(file, talks=True)
    assert table.read == 1
