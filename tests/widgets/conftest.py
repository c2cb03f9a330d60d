"""A small project, and a JupyterLab with a real browser in front of it."""

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests import debian
from tests.widgets import gym
from voc_lib import cli
from voc_lib.run import project as projects
from voc_lib.run.workflow.step import open_step

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PARAMS = """name: 小店
industry: ecommerce
period: "2026-09"
# 每个来源一段
sources:
  - name: 工单        # 客服系统导出
    path: data/工单.csv
    channel: 在线客服
    columns: {单号: feedback_id}   # 认不出的
"""
TEXTS = ["发货太慢了，等了好多天", "客服态度很差，不理人", "闪退，打不开", "想退货没人处理", "今天天气不错"]


def shop_rows(n: int = 30) -> pd.DataFrame:
    """`n` feedbacks of September; one of them tries to be markup."""
    texts = [f"{TEXTS[i % len(TEXTS)]}，第{i}次了" for i in range(n)]
    texts[-1] = "<img src=x onerror=\"document.title='hacked'\" 发货太慢了"  # never closed, so it stays
    days = [f"2026-09-{1 + i % 28:02d} 10:00" for i in range(n)]
    names = {"单号": [f"F{i:03d}" for i in range(n)], "反馈内容": texts, "创建时间": days}
    return pd.DataFrame({**names, "会员手机": [str(13800138000 + k) for k in range(n)], "心情": ["一般"] * n})


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, lending) -> Path:
    """A project whose steps 2 and 3 have run. Copy it, change nothing."""
    return opened(tmp_path_factory.mktemp("project") / "shop", PARAMS, shop_rows(), lending)


@pytest.fixture(scope="session")
def opened_gym(tmp_path_factory: pytest.TempPathFactory, lending) -> Path:
    """The gym after steps 2 and 3. Copy it, change nothing."""
    return opened(tmp_path_factory.mktemp("gym") / "gym", gym.PARAMS, gym.rows(), lending)


def opened(folder: Path, params: str, rows: pd.DataFrame, lending) -> Path:
    """A project over these rows, once steps 2 and 3 have run."""
    projects.create(folder)
    (folder / "params.yaml").write_text(params, encoding="utf-8")
    rows.to_csv(folder / "data" / "工单.csv", index=False)
    with lending():
        open_step("04_analyse", str(folder / "params.yaml")).read("tagged")
    return folder


@pytest.fixture
def shop(made: Path, tmp_path: Path) -> Path:
    """A project of one's own whose steps 2 and 3 have run."""
    return Path(shutil.copytree(made, tmp_path / "shop"))


def recorded(shop: Path, known: str) -> str:
    """The project's params file, once its register holds what is known."""
    file = shop / "params.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "knowledge: register\n", encoding="utf-8")
    (shop / "known.yaml").write_text(known, encoding="utf-8")
    assert cli.call(["knowledge", "import", str(file), str(shop / "known.yaml"), "--by", "王敏"]) == 0
    return str(file)


@pytest.fixture
def step(shop: Path):
    """The step the panel works on."""
    opened = open_step("04_analyse", str(shop / "params.yaml"))
    yield opened
    opened.register.dispose()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The system's Chromium; on a CI machine of one's own it is installed, elsewhere the test is skipped."""
    if _browser() is None:
        debian.install("chromium")
    found = _browser()
    if found is None:
        pytest.skip("no Chromium on this machine (with CI=true and as root, apt-get would install it)")
    return found


def _browser() -> str | None:
    return next((path for name in CHROMIUM if (path := shutil.which(name))), None)


@pytest.fixture(scope="module")
def browser(chromium: str):
    """A headless browser, closed at the end; not for longer, as it keeps an event loop running."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        try:
            yield browser
        finally:
            browser.close()


@pytest.fixture
def page(browser):
    """A page of a browser that has seen nothing yet."""
    with browser.new_context(viewport={"width": 1280, "height": 1400}) as context:
        page = context.new_page()
        page.set_default_timeout(180_000)
        yield page


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory: pytest.TempPathFactory):
    """Address and token of a JupyterLab over the folders of all tests, on loopback, stopped at the end."""
    root, own = tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("lab")
    with served("-m", "jupyterlab", "--allow-root", f"--ServerApp.root_dir={root}", at=root, own=own) as at:
        yield at


@pytest.fixture
def lab(jupyter: tuple[str, str], shop: Path, tmp_path_factory: pytest.TempPathFactory):
    """Address of the project in a JupyterLab, and its token; the kernels of the test end with it."""
    address, token = jupyter
    yield f"{address}lab/tree/{shop.relative_to(tmp_path_factory.getbasetemp()).as_posix()}/", token
    for kernel in asked(f"{address}api/kernels", token):
        asked(f"{address}api/kernels/{kernel['id']}", token, "DELETE")


def asked(address: str, token: str, method: str = "GET") -> Any:
    """What a Jupyter server answers."""
    request = urllib.request.Request(address, method=method, headers={"Authorization": f"token {token}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read() or "null")


@contextlib.contextmanager
def served(*command: str, at: Path, own: Path):
    """Address and token of a JupyterLab this Python starts, on loopback; nothing of the user's is touched."""
    private = own / "jupyter"
    private.mkdir(mode=0o700)
    token = secrets.token_hex(16)
    places = {name: str(private / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR")}
    places |= {"IPYTHONDIR": str(private / "ipython"), "JUPYTERLAB_SETTINGS_DIR": str(private / "settings")}
    places |= {"JUPYTERLAB_WORKSPACES_DIR": str(private / "workspaces"), "JUPYTER_TOKEN": token}
    news = private / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    news.parent.mkdir(parents=True)
    news.write_text('{"fetchNews": "false", "checkForUpdates": false}')
    options = ["--no-browser", "--ip=127.0.0.1", "--port=0", "--LabApp.extension_manager=readonly"]
    line = [sys.executable, *command, *options]
    with (private / "log").open("wb") as log:
        env = {**os.environ, **places}
        server = subprocess.Popen(line, cwd=at, env=env, stdout=log, stderr=log, start_new_session=True)
    try:
        yield _address(Path(places["JUPYTER_RUNTIME_DIR"]), server, private / "log"), token
    finally:
        _stop(server)


def _address(runtime: Path, server: subprocess.Popen, log: Path) -> str:
    until = time.monotonic() + 240
    while time.monotonic() < until and server.poll() is None:
        for file in runtime.glob("jpserver-*.json"):
            with contextlib.suppress(ValueError):
                return json.loads(file.read_text())["url"]
        time.sleep(0.2)
    raise RuntimeError(log.read_text(errors="replace")[-2000:])


def _stop(server: subprocess.Popen) -> None:
    """The server first, so that it ends its kernels; then whatever is left of its own group."""
    server.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.wait(60)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait(60)
