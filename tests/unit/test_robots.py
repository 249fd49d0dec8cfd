"""Group robots: the HTTP bodies that WeCom, DingTalk and Feishu document, and what their answers mean."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from nightclerk.messages import Channel
from nightclerk.messages.robots import Robot, posting_of, refusal_in, robot_of
from nightclerk.messages.sending import NotDelivered, room_in, send
from nightclerk.vault import FileVault

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


@contextmanager
def vendor(status: int, answer: str) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """A vendor's endpoint on this machine, and what was posted to it."""
    caught: list[tuple[str, Any]] = []

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            caught.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(answer.encode())

        def log_message(self, *_: object) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", caught
    finally:
        server.shutdown()
        server.server_close()


def test_wecom_gets_its_text_under_its_key() -> None:
    """POST /cgi-bin/webhook/send?key=KEY with msgtype text; phones are called out."""
    robot = robot_of("wecombot://693a91f6-7xxx-4bc4/13800001111")
    assert robot is not None
    posting = posting_of(robot, "夜班：1 条消息", now=AT)
    assert posting.url == "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4"
    text = {"content": "夜班：1 条消息", "mentioned_mobile_list": ["13800001111"]}
    assert posting.payload == {"msgtype": "text", "text": text}


def test_dingtalk_is_signed_in_its_address() -> None:
    """HMAC-SHA256 of "timestamp\\nsecret" with the secret, base64, percent-encoded; milliseconds."""
    robot = robot_of("dingtalk://SECabc123@tok-en9/13800001111")
    assert robot is not None
    posting = posting_of(robot, "hi", now=AT)
    assert posting.url.startswith("https://oapi.dingtalk.com/robot/send?")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(posting.url).query).items()}
    assert asked == {
        "access_token": "tok-en9", "timestamp": "1795176000000",
        "sign": "WAAss/VlOu2PrbhNspPniLQ6VGZSfMEh+/NHivF+K1M=",
    }  # fmt: skip
    at = {"atMobiles": ["13800001111"], "isAtAll": False}
    assert posting.payload == {"msgtype": "text", "text": {"content": "hi"}, "at": at}


def test_feishu_is_signed_in_its_body() -> None:
    """HMAC-SHA256 of nothing with "timestamp\\nsecret" as key, base64; seconds. Without a secret nothing is signed."""
    signed, plain = robot_of("feishu://Sec123@hook-1"), robot_of("feishu://hook-1")
    assert signed is not None
    assert plain is not None
    posting = posting_of(signed, "hi", now=AT)
    assert posting.url == "https://open.feishu.cn/open-apis/bot/v2/hook/hook-1"
    assert posting.payload == {
        "timestamp": "1795176000", "sign": "1bHniaJBkmh45CZdBSB08uJBYW7Y+i8eYV3TW1Ff+JI=",
        "msg_type": "text", "content": {"text": "hi"},
    }  # fmt: skip
    assert posting_of(plain, "hi", now=AT).payload == {"msg_type": "text", "content": {"text": "hi"}}


@pytest.mark.parametrize(
    ("address", "robot"),
    [
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=K-1", Robot(kind="wecombot", token="K-1")),
        (
            "https://oapi.dingtalk.com/robot/send?access_token=T1&secret=SEC9",
            Robot(kind="dingtalk", token="T1", secret="SEC9"),
        ),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/H-1", Robot(kind="feishu", token="H-1")),
        ("lark://S@H", Robot(kind="lark", token="H", secret="S")),
        ("https://example.com/hook", None),
        ("mailto://smtp.example.com?to=lin@example.com", None),
    ],
)
def test_a_robot_is_known_by_either_form_of_its_address(address: str, robot: Robot | None) -> None:
    """As we write it, or as the vendor's page shows it; what is none of them goes to Apprise."""
    assert robot_of(address) == robot


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ('{"errcode":0,"errmsg":"ok"}', ""),
        ('{"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"}', ""),
        ('{"errcode":93000,"errmsg":"invalid webhook url"}', "93000: invalid webhook url"),
        ('{"errcode":310000,"errmsg":"keywords not in content"}', "310000: keywords not in content"),
        ('{"code":19021,"msg":"sign match fail"}', "19021: sign match fail"),
        ('{"errcode":45009,"errmsg":"api freq out of limit"}', "45009: api freq out of limit"),
        ("<html>proxy</html>", "its answer says neither yes nor no: '<html>proxy</html>'"),
        ("[0]", "its answer says neither yes nor no: '[0]'"),
        ('{"errcode":"0"}', "0: ?"),
    ],
)
def test_only_a_zero_in_the_answer_is_a_yes(answer: str, why: str) -> None:
    """Each vendor's success, and the refusals that they send with HTTP 200."""
    assert refusal_in(answer.encode()) == why


@pytest.mark.parametrize(
    ("address", "path", "refusal"),
    [
        ("wecombot://key-sentinel-1", "/cgi-bin/webhook/send", '{"errcode":93000,"errmsg":"invalid webhook url"}'),
        ("dingtalk://SECsentinel1@tok", "/robot/send", '{"errcode":310000,"errmsg":"sign not match"}'),
        ("feishu://sec-sentinel-1@hook", "/open-apis/bot/v2/hook/hook", '{"code":19021,"msg":"sign match fail"}'),
    ],
)
def test_a_refusal_inside_a_200_is_a_failure_without_the_secret(
    tmp_path: Path, address: str, path: str, refusal: str
) -> None:
    """The same message is taken on a yes, and its refusal is told with the vendor's number and no token."""
    vault, channel = FileVault(tmp_path), Channel(name="ops", secret="bot")
    with vendor(200, '{"errcode":0,"errmsg":"ok"}') as (base, caught):
        vault.set("bot", f"{address}?base={base}")
        send(channel, vault, title="夜班：1 条消息", body="• 一条")
    [(target, payload)] = caught
    assert urlsplit(target).path == path
    assert "夜班：1 条消息\n• 一条" in (payload.get("text", {}).get("content"), payload.get("content", {}).get("text"))
    with vendor(200, refusal) as (base, _):
        vault.set("bot", f"{address}?base={base}")
        with pytest.raises(NotDelivered, match=r"^The channel 'ops' did not take the message: \d+: \w+") as error:
            send(channel, vault, title="夜班：1 条消息", body="• 一条")
    assert "sentinel" not in str(error.value)


def test_no_answer_and_an_error_status_are_told(tmp_path: Path) -> None:
    """HTTP 400 with Feishu's own words, and an endpoint that nobody listens at."""
    vault, channel = FileVault(tmp_path), Channel(name="ops", secret="bot")
    with vendor(400, '{"code":9499,"msg":"Bad Request","data":{}}') as (base, _):
        vault.set("bot", f"feishu://hook-1?base={base}")
        with pytest.raises(NotDelivered, match=r"HTTP 400, 9499: Bad Request\. It is tried again"):
            send(channel, vault, title="t", body="b")
    with pytest.raises(NotDelivered, match="no answer"):
        send(channel, vault, title="t", body="b")


def test_a_robots_limit_is_known(tmp_path: Path) -> None:
    """WeCom takes 2,048 bytes; of a mail we know no limit."""
    vault = FileVault(tmp_path)
    vault.set("bot", "wecombot://k")
    assert room_in(Channel(name="a", secret="bot"), vault) == 2048
    assert room_in(Channel(name="b", url="mailto://h"), vault) is None
