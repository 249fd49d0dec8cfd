"""Messages: what happened is told once on each channel, together with the rest; a channel that fails is tried again."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from nightclerk.domain.items import Outcome, RunRecord, RunState, Slot, Task
from nightclerk.messages import Channel, Messaging, Post, load_messaging
from nightclerk.messages.notices import Notices
from nightclerk.messages.sending import NotDelivered, send
from nightclerk.messages.texts import shortened
from nightclerk.vault import FileVault
from nightclerk.work.store import SqlStore
from nightclerk.workspace import Bot, Settings, Workspace

HOME = Workspace(root=Path(), settings=Settings(language="en"), bots={"b": Bot(name="b", titles={}, flow="f:f")})


class Wire:
    """A channel in memory; `down` says why it fails."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.down, self.fails_at = "", -1
        self.room: int | None = None

    def __call__(self, channel: Channel, vault: Any, *, title: str, body: str) -> None:
        if self.down or len(self.sent) == self.fails_at:
            raise NotDelivered(channel=channel.name, why=self.down or "too often")
        self.sent.append((channel.name, body))


@pytest.fixture
def wire() -> Wire:
    return Wire()


def post(store: SqlStore, clock: Any, wire: Wire, *channels: Channel, tmp: Path = Path(), **facts: Any) -> Post:
    known = {one.name: one for one in channels or (Channel(name="ops", url="json://x"),)}
    notices = Notices(store=store, workspace=HOME, link=lambda task: f"https://n.example/t/{task.task}")
    return Post(
        store=store, messaging=Messaging(channels=known, **facts), notices=notices, vault=FileVault(tmp), clock=clock,
        zone=ZoneInfo("Asia/Shanghai"), language="en", send=wire, report=lambda now: {"en": "all well", "zh": "好"},
        room=lambda channel, vault: wire.room,
    )  # fmt: skip


def test_things_of_one_minute_go_out_together_and_once(store: SqlStore, clock: Any, wire: Wire) -> None:
    """A question and a missed start make one text with both; later rounds send nothing more."""
    store.ask(Task(task="t1", kind="question", question="Same order?", choices=("yes", "no"), asked_at=clock.now()))
    store.plan(Slot(slot_id="b@1", bot="b", planned_for=clock.now(), outcome=Outcome.PLANNED))
    store.settle("b@1", Outcome.MISSED, why="late_until: 2 h")
    room = post(store, clock, wire)
    clock.go(1)
    for _ in range(3):
        room.round()
        clock.go(61)
    [(channel, body)] = wire.sent
    assert channel == "ops"
    assert "Same order?\n  choices: yes | no; until: –; task: t1\n  https://n.example/t/t1" in body
    assert "b, planned for 11-20 20:00: missed (late_until: 2 h)" in body


def test_a_channel_that_fails_is_tried_again_and_then_given_up_in_sight(
    store: SqlStore, clock: Any, wire: Wire
) -> None:
    """The waits grow; the reason stands in the books; a person can send it all again."""
    store.add_run(RunRecord(run="r1", bot="b", flow="f:f", state=RunState.FAILED, ended_at=clock.now(), started_at=clock.now(), reason="no page"))  # noqa: E501  # fmt: skip
    room, wire.down = post(store, clock, wire), "no route to host"
    room.round()
    for _ in range(12):
        clock.go(3601)
        room.round()
    [given_up] = store.deliveries()
    assert (given_up.state, given_up.attempts, given_up.why) == ("failed", 8, "no route to host")
    wire.down = ""
    assert store.send_again(now=clock.now()) == 1
    room.round()
    assert [body.splitlines()[1] for _, body in wire.sent] == ["• b: no page (r1)"]


def test_what_is_too_long_for_a_channel_goes_out_in_parts_and_no_part_twice(
    store: SqlStore, clock: Any, wire: Wire
) -> None:
    """The second of three texts is refused: it and the third come later, the first is not sent again."""
    for n in range(9):
        store.ask(Task(task=f"t{n}", kind="question", question=f"第{n}单：是否同一订单？" * 12, asked_at=clock.now()))
    wire.room, wire.fails_at = 2048, 1
    room = post(store, clock, wire)
    room.round()
    clock.go(61)
    room.round()
    wire.fails_at = -1
    for _ in range(3):
        clock.go(61)
        room.round()
    bodies = [body for _, body in wire.sent]
    assert len(bodies) == 3
    assert all(len(body.encode()) <= 1948 for body in bodies)
    assert ["task: t0" in body for body in bodies] == [True, False, False]
    assert [sum(f"task: t{n}\n" in body for body in bodies) for n in range(9)] == [1] * 9


def test_one_long_message_keeps_its_head_and_its_link() -> None:
    """No letter is cut in two, and the limit holds."""
    text = shortened("订单" * 2000 + " https://n.example/t/abc", 2000)
    assert len(text.encode()) <= 2000
    assert text.startswith("订单订单")
    assert text.endswith("订单 https://n.example/t/abc")


def test_two_post_rooms_send_a_message_once(store: SqlStore, clock: Any, wire: Wire) -> None:
    """The office and a second one on the same books share the work."""
    store.ask(Task(task="t1", kind="question", question="?", asked_at=clock.now()))
    rooms = [post(store, clock, wire), post(store, clock, wire)]
    for room in rooms:
        room.write()
    clock.go(61)
    threads = [threading.Thread(target=room.round) for room in rooms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(wire.sent) == 1


def test_a_sender_that_died_leaves_a_message_that_says_it_may_come_twice(
    store: SqlStore, clock: Any, wire: Wire
) -> None:
    """Nobody knows whether it arrived: it is sent again, marked; within ten minutes nobody touches it."""
    store.ask(Task(task="t1", kind="question", question="?", asked_at=clock.now()))
    room = post(store, clock, wire)
    room.write()
    clock.go(61)
    store.claim_deliveries("ops", now=clock.now(), lost_before=clock.now() - timedelta(minutes=10))
    room.round()
    assert wire.sent == []
    clock.go(601)
    room.round()
    assert "(you may have had this before)" in wire.sent[0][1]


def test_each_channel_is_told_its_kinds_and_the_morning_report_comes_once_a_day(
    store: SqlStore, clock: Any, wire: Wire
) -> None:
    """A channel for reports hears of no question."""
    boss = Channel(name="boss", url="json://x", tell=("morning_report",))
    ops = Channel(name="ops", url="json://x", tell=("person_needed",))
    store.ask(Task(task="t1", kind="question", question="?", asked_at=clock.now()))
    room = post(store, clock, wire, boss, ops, morning=_seven())
    for _ in range(50):
        room.round()
        clock.go(1800)
    assert [channel for channel, _ in wire.sent] == ["ops" if n == 1 else "boss" for n in range(len(wire.sent))]
    assert [body for channel, body in wire.sent if channel == "boss"] == ["【Morning report】\nall well"] * 2


def _seven() -> Any:
    from datetime import time

    return time(7)


def test_a_run_without_progress_is_told_of(store: SqlStore, clock: Any, wire: Wire) -> None:
    """After its bot's time without a step, once; when it moved and stands still again, once more."""
    run = RunRecord(run="r1", bot="b", flow="f:f", state=RunState.RUNNING, started_at=clock.now(), step="Save")
    store.add_run(run)
    room = post(store, clock, wire)
    for moved in (None, 1000):
        if moved:
            store.update_run("r1", moved_at=clock.now())
        for _ in range(20):
            clock.go(60)
            room.round()
    assert [body.splitlines()[1][:40] for _, body in wire.sent] == [
        "• b: no progress for 16 minutes at “Save”"[:40]
    ] * 2


def test_mistakes_in_the_file_are_told_at_their_line(tmp_path: Path) -> None:
    """A token in the file, an unknown kind, a wrong time: each with its remedy, and the sound channel still works."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "messages.yaml").write_text(
        "channels:\n  a: {url: 'wecombot://abcdef'}\n  b: {url: 'json://h', tell: [bot_fails]}\n  c: {}\n"
        "morning: 25:00\nconsole: night.example\n"
    )
    messaging, faults = load_messaging(tmp_path)
    assert list(messaging.channels) == ["b"]
    assert [fault.sentence().split(". ")[0] for fault in faults] == [
        "config/messages.yaml:2: no password or token in the address of channel 'a'",
        "config/messages.yaml:3: a kind of message, not 'bot_fails'",
        "config/messages.yaml:4: either secret: or url: for the channel 'c'",
        "config/messages.yaml:5: a time of day for morning, not '25:00'",
        "config/messages.yaml:6: an address for console, not 'night.example'",
    ]


# ---------------------------------------------------------------------------- through Apprise, to catchers of our own


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])  # type: ignore[index]
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("status", [200, 500])
def test_a_webhook_is_taken_or_its_failure_told_without_its_token(tmp_path: Path, status: int) -> None:
    """Apprise posts to a local catcher; a refusal is one clean sentence in which the token of the address is hidden."""
    caught: list[Any] = []

    class Catcher(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            caught.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing on the terminal."""

    vault = FileVault(tmp_path)
    with serving(HTTPServer(("127.0.0.1", 0), Catcher)) as port:
        vault.set("hook", f"json://127.0.0.1:{port}/token-sentinel-1")
        if status == 200:
            send(Channel(name="ops", secret="hook"), vault, title="夜班", body="一条消息")
        else:
            with pytest.raises(NotDelivered, match="The channel 'ops' did not take the message") as error:
                send(Channel(name="ops", secret="hook"), vault, title="夜班", body="一条消息")
            assert "sentinel" not in str(error.value)
    assert caught[0]["message"] == "一条消息"


def test_an_email_reaches_a_mail_server(tmp_path: Path) -> None:
    """Apprise speaks SMTP to a local catcher; the text arrives whole."""
    lines: list[str] = []

    class Mail(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 catcher")
            in_data = False
            for raw in self.rfile:
                line = raw.decode().rstrip("\r\n")
                if in_data:
                    in_data = line != "."
                    lines.append(line)
                    if not in_data:
                        self._say("250 taken")
                    continue
                word = line[:4].upper()
                in_data = word == "DATA"
                self._say({"DATA": "354 go on", "QUIT": "221 bye", "EHLO": "250 catcher"}.get(word, "250 ok"))
                if word == "QUIT":
                    return

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    vault = FileVault(tmp_path)
    with serving(socketserver.TCPServer(("127.0.0.1", 0), Mail)) as port:
        vault.set("mail", f"mailto://127.0.0.1:{port}/?from=night@yunshan.example&to=lin@yunshan.example&mode=insecure")
        send(Channel(name="mail", secret="mail"), vault, title="NightClerk", body="one message")
    assert any("one message" in line for line in lines)
    assert any(line.startswith("To:") and "lin@yunshan.example" in line for line in lines)
