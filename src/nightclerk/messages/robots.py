"""Group robots of WeCom, DingTalk, Feishu and Lark: their webhooks by the book; a refusal inside a 200 is a failure.

Apprise takes HTTP 200 for delivered. These vendors answer 200 to a wrong key, a bad signature and a text without the
agreed keyword too, and say in the answer that nobody got the message. Their documents (developer.work.weixin.qq.com
91770, open.dingtalk.com "custom robots", open.feishu.cn "custom bot") give the addresses, limits and signatures.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from nightclerk.errors import NightClerkError
from nightclerk.hush import hide

TIMEOUT_S = 15.0
#: The longest text (bytes of UTF-8) that each vendor takes; a longer one is refused or cut off by them.
MOST_BYTES: Mapping[str, int] = {"wecombot": 2048, "dingtalk": 15_000, "feishu": 15_000, "lark": 15_000}
_BASES: Mapping[str, str] = {
    "wecombot": "https://qyapi.weixin.qq.com",
    "dingtalk": "https://oapi.dingtalk.com",
    "feishu": "https://open.feishu.cn",
    "lark": "https://open.larksuite.com",
}
#: Under which name the vendors' answers say whether they took a message: 0, and only 0, is yes.
_CODES = (("errcode", "errmsg"), ("code", "msg"), ("StatusCode", "StatusMessage"))


class Refused(NightClerkError):
    """Facts: why."""

    en = "{why}"
    zh = "{why}"


@dataclass(frozen=True, kw_only=True)
class Robot:
    """A robot as its address names it. `secret` signs (DingTalk 加签, Feishu 签名校验); `phones` are called by @."""

    kind: str
    token: str
    secret: str = ""
    phones: tuple[str, ...] = ()
    base: str = ""


@dataclass(frozen=True, kw_only=True)
class Posting:
    """One POST as the vendor wants it: where, and its JSON."""

    url: str
    payload: Mapping[str, Any]


def robot_of(address: str) -> Robot | None:
    """The robot of an address, None where it names something else.

    `wecombot://KEY`, `dingtalk://SECRET@TOKEN/PHONE`, `feishu://SECRET@TOKEN`, `lark://SECRET@TOKEN` (SECRET@ where the
    robot signs), or the webhook's https address as the vendor's page shows it, with `&secret=SECRET` after it.
    `?base=https://…` is for a vendor's private installation.
    """
    parts = urlsplit(address)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if parts.scheme == "https":
        return _of_webhook(parts.netloc, parts.path, asked)
    if parts.scheme not in _BASES:
        return None
    secret, _, token = parts.netloc.rpartition("@")
    phones = tuple(phone for phone in parts.path.split("/") if phone)
    return Robot(
        kind=parts.scheme, token=unquote(token), secret=unquote(secret), phones=phones, base=asked.get("base", "")
    )


def _of_webhook(host: str, path: str, asked: Mapping[str, str]) -> Robot | None:
    kind = next((kind for kind, base in _BASES.items() if base == f"https://{host}"), "")
    token = asked.get("key") or asked.get("access_token") or path.rstrip("/").rpartition("/")[2]
    return Robot(kind=kind, token=token, secret=asked.get("secret", "")) if kind else None


def posting_of(robot: Robot, text: str, *, now: datetime) -> Posting:
    """What is posted to say a text at a moment (signatures hold for an hour)."""
    base = (robot.base or _BASES[robot.kind]).rstrip("/")
    if robot.kind == "wecombot":
        url = f"{base}/cgi-bin/webhook/send?key={quote(robot.token, safe='')}"
        return Posting(url=url, payload={"msgtype": "text", "text": {"content": text, **_called(robot)}})
    if robot.kind == "dingtalk":
        facts = {"access_token": robot.token, **_signed_by_dingtalk(robot.secret, now)}
        at = {"atMobiles": list(robot.phones), "isAtAll": False}
        payload = {"msgtype": "text", "text": {"content": text}, "at": at}
        return Posting(url=f"{base}/robot/send?{urlencode(facts)}", payload=payload)
    url = f"{base}/open-apis/bot/v2/hook/{quote(robot.token, safe='')}"
    payload = {**_signed_by_feishu(robot.secret, now), "msg_type": "text", "content": {"text": text}}
    return Posting(url=url, payload=payload)


def _called(robot: Robot) -> dict[str, Any]:
    return {"mentioned_mobile_list": list(robot.phones)} if robot.phones else {}


def _signed_by_dingtalk(secret: str, now: datetime) -> dict[str, str]:
    if not secret:
        return {}
    at = str(int(now.timestamp() * 1000))
    return {"timestamp": at, "sign": _hmac(secret, f"{at}\n{secret}")}


def _signed_by_feishu(secret: str, now: datetime) -> dict[str, str]:
    """Feishu's key is what DingTalk signs, and its message is empty."""
    if not secret:
        return {}
    at = str(int(now.timestamp()))
    return {"timestamp": at, "sign": _hmac(f"{at}\n{secret}", "")}


def _hmac(key: str, message: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()


def refusal_in(answer: bytes) -> str:
    """Why an answer says that the message was not taken, "" where it says that it was."""
    try:
        said = json.loads(answer)
    except ValueError:
        said = None
    if isinstance(said, dict):
        for code, words in _CODES:
            if code in said:
                return "" if said[code] == 0 else f"{said[code]}: {said.get(words) or '?'}"
    return f"its answer says neither yes nor no: {answer[:120].decode(errors='replace')!r}"


def say_to(robot: Robot, text: str, *, now: datetime) -> None:
    """Post a text to a robot. Raises Refused, whose sentence the caller has to clean."""
    hide(robot.token)
    hide(robot.secret)
    posting = posting_of(robot, text, now=now)
    try:
        request = urllib.request.Request(
            posting.url, data=json.dumps(posting.payload, ensure_ascii=False).encode(), method="POST",
            headers={"Content-Type": "application/json; charset=utf-8"},
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            why = refusal_in(answer.read(100_000))
    except urllib.error.HTTPError as error:
        why = f"HTTP {error.code}, {refusal_in(error.read(100_000)) or 'though it says yes'}"
    except (OSError, ValueError, http.client.HTTPException) as error:  # no such host, no answer, an address with a hole
        why = f"no answer ({getattr(error, 'reason', None) or error})"
    if why:
        raise Refused(why=why)
