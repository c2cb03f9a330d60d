"""Real receivers on this machine: a mail server and web hooks, stopped when the test ends."""

import email
import email.policy
import json
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from aiosmtpd.controller import Controller


class Post:
    """What came to an address: the mails, or the path and JSON of each call."""

    def __init__(self, port: int) -> None:
        self.port, self.came, self.answer = port, [], 200

    async def handle_DATA(self, server, session, envelope):
        self.came.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


def free() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return place.getsockname()[1]


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def mailbox():
    """A mail server that keeps what it is given."""
    box = Post(free())
    server = Controller(box, hostname="127.0.0.1", port=box.port)
    server.start()
    yield box
    server.stop()


@pytest.fixture
def hook():
    """A web hook that keeps what it is told, and answers `answer`."""
    box = Post(0)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            words = self.rfile.read(int(self.headers["Content-Length"]))
            box.came.append((self.path, json.loads(words)))
            self.send_response(box.answer)
            self.end_headers()
            self.wfile.write(b'{"errcode": 0, "code": 0, "StatusCode": 0}')

        def log_message(self, *words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    box.port = server.server_address[1]
    Thread(target=server.serve_forever, daemon=True).start()
    yield box
    server.shutdown()
    server.server_close()
