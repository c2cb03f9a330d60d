from datetime import date, datetime

from voc_lib.register import alerts, backups, database, revisions
from voc_lib.stats.alerts import Alert

DAY, AT = date(2026, 9, 7), datetime(2026, 9, 8, 6)


def test_every_state_is_kept_and_the_last_is_how_an_alert_stands(tmp_path):
    engine = database.open(f"sqlite:///{tmp_path}/register.db")
    first = Alert("Y001", "新开", DAY, DAY, DAY, "其他", "积分…清零", 9, 0.0)
    last = Alert("Y001", "关闭", date(2026, 9, 28), DAY, DAY, "其他", "积分…清零", 0, 0.0)
    other = Alert("Y001", "新开", DAY, DAY, DAY, "物流延迟", "爆仓", 7, 1.5)
    alerts.add(engine, [first], report="店", at=AT)
    alerts.add(engine, [other], report="另一家店", at=AT)
    alerts.add(engine, [last], report="店", at=AT)
    assert alerts.trail(engine, report="店") == [first, last]
    assert alerts.book(engine, report="店") == [last]
    assert backups.backup(engine, tmp_path / "copy.db") == 3
    assert alerts.book(database.open(f"sqlite:///{tmp_path}/copy.db"), report="另一家店") == [other]


def test_a_revision_knows_the_alerts_of_its_time(engine):
    first = Alert("Y001", "新开", DAY, DAY, DAY, "其他", "积分…清零", 9, 0.0, "2026-08 越界")
    alerts.add(engine, [first], report="店", at=AT)
    then = revisions.take(engine, at=AT)
    alerts.add(engine, [Alert(**{**vars(first), "state": "关闭"})], report="店", at=AT)
    assert revisions.take(engine, at=AT) == then + 1
    assert alerts.trail(engine, report="店", until=revisions.marks(engine, then).alerts) == [first]
    assert [alert.state for alert in alerts.book(engine, report="店")] == ["关闭"]
