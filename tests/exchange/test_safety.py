"""The register saved and put back from the command line."""

from tests.exchange.conftest import stands


def test_a_register_is_saved_and_put_back_and_what_it_held_is_kept(filled, rewritten, call, tmp_path):
    before = stands(filled)
    assert call("register", "backup", filled, tmp_path / "b.db")[1].startswith("登记库的 13 行备份到")
    call("knowledge", "import", filled, rewritten(revisits=[]))
    code, words = call("register", "restore", filled, tmp_path / "b.db")
    assert code == 0 and stands(filled) == before
    kept = tmp_path / "outputs" / "register.before-restore.db"
    assert f"另存在 {kept}" in words and kept.is_file()
    assert call("register", "restore", filled, kept)[0] == 0
    assert stands(filled).revisits == []


def test_a_register_of_reports_about_last_month_is_put_back_too(filled, call, tmp_path):
    before = stands(filled)
    call("register", "backup", filled, tmp_path / "b.db")
    filled.write_text(filled.read_text(encoding="utf-8").replace('"2026-09"', "last-month"), encoding="utf-8")
    code, words = call("register", "restore", filled, tmp_path / "b.db")
    assert code == 0 and stands(filled) == before, words


def test_a_damaged_register_is_set_aside_and_put_back(filled, call, tmp_path):
    before = stands(filled)
    call("register", "backup", filled, tmp_path / "b.db")
    file = tmp_path / "outputs" / "register.db"
    for tail in ("", "-wal", "-shm"):
        file.with_name(f"register.db{tail}").unlink(missing_ok=True)
    file.write_bytes(b"not a database" * 500)
    code, words = call("check", filled)
    assert code == 3 and "不是登记库，或已损坏；请用 voc register restore 从备份恢复" in words
    code, words = call("register", "restore", filled, tmp_path / "b.db")
    assert code == 0 and "register.damaged.db" in words and stands(filled) == before


def test_what_is_no_backup_leaves_the_register_as_it_was(filled, call, tmp_path):
    there, before = files(tmp_path / "outputs"), stands(filled)
    (tmp_path / "known.yaml").write_text("causes: []\n" * 500, encoding="utf-8")
    told = (("known.yaml", 3, "known.yaml 不是备份，或已损坏；登记库没有动"), ("no.db", 2, "找不到备份"))
    for name, failed, says in told:
        code, words = call("register", "restore", filled, tmp_path / name)
        assert code == failed and says in words
    assert files(tmp_path / "outputs") == there and stands(filled) == before


def files(folder):
    """The files of a folder, without those an open database has beside it for a while."""
    return sorted(file.name for file in folder.iterdir() if not file.name.endswith(("-wal", "-shm")))


def test_the_log_names_every_revision(filled, rewritten, call):
    call("knowledge", "import", filled, rewritten(revisits=[]))
    code, words = call("register", "log", filled)
    assert code == 0 and "第 1 次" in words and "第 2 次" in words and "新增根因与措施 1 行" in words


def test_a_revision_a_report_names_is_never_another_state(filled, rewritten, call, tmp_path):
    file, copy = tmp_path / "outputs" / "register.db", tmp_path / "copy.db"
    call("register", "backup", filled, copy)  # put back by hand, past every command
    run = tmp_path / "outputs" / "r" / "2026-09"
    run.mkdir(parents=True)
    (run / "run.json").write_text('{"run_id": "x", "register": {"revision": 7}}', encoding="utf-8")
    for tail in ("", "-wal", "-shm"):
        file.with_name(f"register.db{tail}").unlink(missing_ok=True)
    copy.rename(file)
    assert "第 8 次修订" in call("knowledge", "import", filled, rewritten(revisits=[]))[1]
    call("register", "backup", filled, tmp_path / "b.db")
    file.write_bytes(b"not a database" * 500)
    assert call("register", "restore", filled, tmp_path / "b.db")[0] == 0
    assert "第 1008 次修订" in call("knowledge", "import", filled, rewritten(promises=[]))[1]
