"""A made-up night to look at: store, films, pictures and invoices, all generated. `python night.py` serves it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from nightclerk.console.services import BotInfo, Parameter, Services
from nightclerk.domain.items import Outcome, RunRecord, RunState, Slot, State, Task
from nightclerk.errors import BusinessError
from nightclerk.evidence import RunFilm, open_film
from nightclerk.evidence.replay import load_run
from nightclerk.ports import Act, ActClass, Box, Frame, Store
from nightclerk.work.memory import MemoryStore

SHIFT = "2026-11-20"
KEYED, RUNNING = "key-orders-0121", "ship-orders-0122"
DOUBT, REJECTED = "taobao:yunshan:3515000000000000018", "jd:yunshan:2970000000018"
DOUBT_TASK = f"orders/{DOUBT}#1a2b3c4d5e"


def invoice_key(n: int) -> str:
    """The n-th invoice of the night, from 1 on."""
    return f"INV-2699{n:016d}"


INVOICES = (invoice_key(1), invoice_key(2), invoice_key(3))
SCREEN = (1280, 800)


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return datetime.now(UTC).timestamp()


class Launcher:
    """Notes what was launched; a bot called "broken" cannot start."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.launched: list[tuple[str, Mapping[str, Any], str, bool, int | None]] = []
        self.cancelled: list[str] = []

    def bots(self) -> Sequence[BotInfo]:
        return BOTS

    def launch(
        self, bot: str, parameters: Mapping[str, Any], *, by: str, rehearse: bool = False, first: int | None = None
    ) -> str:
        if bot == "broken":
            raise BusinessError("bots/broken.yaml:3: flow expected")
        self.launched.append((bot, dict(parameters), by, rehearse, first))
        run = f"{bot}-by-hand-{len(self.launched)}"
        self.store.add_run(
            RunRecord(
                run=run, bot=bot, flow=bot, started_by=by, parameters=parameters, rehearse=rehearse, first=first,
                queued_at=datetime.now(UTC),
            )
        )  # fmt: skip
        return run

    def cancel(self, run: str, by: str) -> None:
        self.cancelled.append(run)

    def pause(self, run: str, by: str) -> None:
        self.store.update_run(run, state=RunState.PAUSED, ended_at=datetime.now(UTC))

    def resume(self, run: str, by: str) -> None:
        self.store.update_run(run, state=RunState.QUEUED)

    def next_starts(self, bot: str, n: int = 5) -> list[datetime]:
        first = datetime.now(UTC).replace(minute=30, second=0, microsecond=0) + timedelta(hours=2)
        return [first + timedelta(days=day) for day in range(n)]


def _bot(name: str, zh: str, en: str, *parameters: Parameter, after: tuple[str, ...] = (), queue: str = "") -> BotInfo:
    return BotInfo(
        name=name, title={"zh": zh, "en": en}, flow=f"flows.{name.replace('-', '_')}", parameters=parameters,
        after=after, schedule="21:30", account="night", queue=queue,
    )  # fmt: skip


_DAY = Parameter(name="paid_on", type="date", default="yesterday")
BOTS = (
    _bot("export-orders", "导出三店订单", "Export the orders of three shops", _DAY),
    _bot("key-orders", "录入 ERP", "Key orders into the ERP",
         Parameter(name="file", type="Path"), Parameter(name="limit", type="Decimal", default="5000.00"),
         Parameter(name="shop", type="Enum", choices=("yunshan", "all"), default="all"), after=("export-orders",)),
    _bot("ship-orders", "回填发货", "Write shipments back", after=("key-orders",), queue="shipments"),
    _bot("write-stock", "回填库存", "Write stock back", after=("key-orders",)),
    _bot("reconcile-invoices", "发票对账", "Reconcile invoices"),
    _bot("request-payments", "付款申请", "Request payments", after=("reconcile-invoices",)),
)  # fmt: skip


def _font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    for name in ("NotoSansCJK-Regular.ttc", "msyh.ttc", "PingFang.ttc"):
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


def screen(title: str, lines: Sequence[str], *, button: str = "") -> Frame:
    """A picture like one of the ERP's windows."""
    image = Image.new("RGB", SCREEN, "#3a6ea5")
    draw = ImageDraw.Draw(image)
    draw.rectangle((90, 60, 1190, 740), fill="#f0f0f0", outline="#444444")
    draw.rectangle((90, 60, 1190, 100), fill="#1f4e79")
    draw.text((106, 66), title, font=_font(22), fill="white")
    for row, line in enumerate(lines):
        top = 130 + 46 * row
        draw.rectangle((260, top, 900, top + 34), fill="white", outline="#999999")
        draw.text((120, top + 3), line.partition("：")[0], font=_font(20), fill="black")
        draw.text((270, top + 3), line.partition("：")[2], font=_font(20), fill="black")
    if button:
        draw.rectangle((980, 670, 1150, 714), fill="#e1e1e1", outline="#333333")
        draw.text((1010, 678), button, font=_font(22), fill="black")
    return Frame(pixels=image.tobytes("raw") and _png(image))


def _png(image: Image.Image) -> bytes:
    import io

    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


SAVE = Box(x=980, y=670, width=170, height=44)


def _act(verb: str, element: str, box: Box, *, value: str | None = None, commit: bool = False) -> Act:
    return Act(
        verb=verb, act_class=ActClass.COMMIT if commit else ActClass.EDIT, app="legacy_erp", element=element,
        way="picture save.png" if commit else f"right_of {element}", box=box, value=value, where="销货单 - 云杉 ERP",
    )  # fmt: skip


def film_one(film: RunFilm, key: str, *, attempt: int = 1, doubt: bool = False) -> str:
    """One order on film; returns the picture of its end."""
    number = key.rpartition(":")[2]
    lines = ["客户：线上-淘宝云杉家居", f"外部单号：{number}", "品号：0101001 青瓷茶杯", "数量：2", "金额：78.00"]
    film.item(key, attempt=attempt)
    film.step("核对客户")
    film.act(_act("fill", "voucher.customer", Box(x=260, y=130, width=640, height=34), value="C1001"))
    film.act(_act("read", "voucher.customer_name", Box(x=260, y=130, width=640, height=34), value="线上-淘宝云杉家居"),
             frame=screen("销货单 - 新建", lines[:1]))  # fmt: skip
    film.step_end("ok", frame=screen("销货单 - 新建", lines[:1]))
    film.step("保存单据")
    film.act(_act("fill", "voucher.external_no", Box(x=260, y=176, width=640, height=34), value=number),
             frame=screen("销货单 - 新建", lines, button="保存(S)"))  # fmt: skip
    film.note("once.submitting", {"target": "legacy_erp", "effect": "voucher", "key": key})
    end = screen("销货单 - 已保存" if not doubt else "销货单 - 没有响应", lines, button="保存(S)")
    film.act(_act("click", "voucher.save", SAVE, commit=True), frame=end)
    if doubt:
        film.note("once.in_doubt", {"key": key, "why": "保存后窗口没有响应"})
    else:
        film.note(
            "once.confirmed", {"target": "legacy_erp", "effect": "voucher", "key": key, "reference": "XS2611200041"}
        )
    picture = film.picture(end)
    film.step_end("in_doubt" if doubt else "ok", frame=end, reason="保存后窗口没有响应" if doubt else "")
    film.item(None, outcome="in_doubt" if doubt else "done")
    return picture


def invoice_pdf(path: Path, number: str, gross: str) -> dict[str, Any]:
    """A made-up fapiao on one page; returns where its fields stand, in points from the top left."""
    width, height = 595.0, 397.0
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path), pagesize=(width, height))
    canvas.setFont("STSong-Light", 18)
    canvas.drawCentredString(width / 2, height - 40, "电子发票（增值税专用发票） 样张")
    boxes: dict[str, Any] = {}
    values = {
        "number": (400, 62, "发票号码", number), "issued_on": (400, 78, "开票日期", "2026-11-18"),
        "buyer": (40, 110, "购买方", "云杉样例商贸有限公司"), "seller": (320, 110, "销售方", "样例照明电器有限公司"),
        "net": (330, 250, "金额", "1,318.58"), "tax": (450, 250, "税额", "171.42"),
        "gross": (400, 285, "价税合计", gross), "remark": (40, 320, "备注", "订单号 PO-2611-0007"),
    }  # fmt: skip
    canvas.setFont("STSong-Light", 10)
    for name, (x, top, label, value) in values.items():
        canvas.drawString(x, height - top, f"{label}：")
        canvas.drawString(x + 54, height - top, value)
        end = x + 54 + pdfmetrics.stringWidth(value, "STSong-Light", 10)
        proof = "" if name == "remark" else "qr"
        boxes[name] = {"value": value, "page": 1, "box": [x + 54, top - 9, end, top + 2], "source": "text",
                       "confirmed_by": proof}  # fmt: skip
    for top in (130, 230, 260, 300):
        canvas.line(30, height - top, width - 30, height - top)
    canvas.drawString(
        40, height - 160, "*照明*LED台灯  三档 白色    台    10    131.858407    1318.58    13%    171.42"
    )
    canvas.save()
    return boxes


def _differs(invoice: str, order: str) -> dict[str, str]:
    return {"code": "total", "where": "", "expected": order, "found": invoice, "by": "100.00"}


def _invoices(store: Store, workspace: Path, now: datetime, count: int) -> None:
    folder = workspace / "data" / "inbox"
    folder.mkdir(parents=True)
    for place, key in enumerate(map(invoice_key, range(1, count + 1))):
        number, gross = key.removeprefix("INV-"), f"{1490 + place * 100:,.2f}"
        fields = invoice_pdf(folder / f"{number}.pdf", number, gross)
        store.put(
            "invoices",
            key,
            {
                "number": number,
                "seller": "样例照明电器有限公司",
                "file": f"data/inbox/{number}.pdf",
                "issued_on": "2026-11-18",
                "gross": gross.replace(",", ""),
            },
        )
        candidate = {
            "orders": ["PO-2611-0007"], "gross": "1490.00", "ordered_on": "2026-11-02", "why": "备注写明",
            "differences": [_differs(gross, "1,490.00")] if place else [],
        }  # fmt: skip
        other = {"orders": ["PO-2611-0011", "PO-2611-0012"], "gross": "1488.00", "why": "金额之和相近",
                 "differences": [_differs(gross, "1,488.00")]}  # fmt: skip
        details = {
            "file": f"{number}.pdf", "kept": f"data/inbox/{number}.pdf", "fields": fields,
            "candidates": [candidate, other],
            "findings": [{"code": "number_not_of_year", "facts": {"number": number, "issued_on": "2026-11-18"}}],
            "verdict": {"outcome": "review", "evidence": ["有 2 个订单同样符合：PO-2611-0007, PO-2611-0011"]},
        }  # fmt: skip
        item = store.draw("invoices", run="", lease_s=60, now=now)
        assert item is not None
        store.finish(item, State.WAITING, reason="两个候选订单，金额都在容差内", details=details, now=now)


def _orders(store: Store, now: datetime) -> None:
    for n in range(46):
        platform, start = (("taobao", 3515000000000000000), ("jd", 2970000000000), ("douyin", 6934000000000000))[n % 3]
        key = f"{platform}:yunshan:{start + n}"
        lines = [
            {"line": "1", "sku": "TB-CUP", "title": "青瓷茶杯 200ml", "quantity": 2, "price": "39.00", "gift": False}
        ]
        payload = {"platform": platform, "shop": "yunshan", "number": str(start + n), "status": "paid_to_ship"}
        store.put("orders", key, payload | {"total": "78.00", "buyer": "林**", "lines": lines})
    while (item := store.draw("orders", run=KEYED, lease_s=60, now=now)) is not None:
        n = int(item.key[-2:])
        if item.key == DOUBT:
            effect = store.intend("legacy_erp", "voucher", item.key, run=KEYED, now=now)
            allowed = store.submit(effect, item=item, run=KEYED, now=now)
            assert allowed is not None
            store.doubt(allowed, why="保存后窗口没有响应", run=KEYED, now=now)
            store.finish(item, State.IN_DOUBT, reason="保存后窗口没有响应，查询也没有结论", now=now)
        elif n % 19 == 18 or n == 7:
            store.finish(
                item,
                State.REJECTED,
                reason="商家编码 TB-NEWVASE 没有对应的 ERP 品号：请补 config/mapping/items.xlsx",
                now=now,
            )
        elif n > 40:
            store.finish(item, State.NEW, not_before=now + timedelta(days=1), now=now)
        else:
            effect = store.intend("legacy_erp", "voucher", item.key, run=KEYED, now=now)
            allowed = store.submit(effect, item=item, run=KEYED, now=now)
            assert allowed is not None
            store.confirm(allowed, reference=f"XS26112000{n:02d}", run=KEYED, now=now)
            store.finish(item, State.DONE, result=f"XS26112000{n:02d}", now=now)
    for n in range(12):
        store.put("shipments", f"taobao:yunshan:{3515000000000000000 + 3 * n}:SF000000{n:04d}", {"carrier": "顺丰速运"})


def _record(bot: str, run: str, state: RunState, now: datetime, began: int, took: int | None, **more: Any) -> RunRecord:
    start = now - timedelta(minutes=began)
    return RunRecord(
        run=run, bot=bot, flow=bot, state=state, started_by="shift", shift=SHIFT, queued_at=start, started_at=start,
        ended_at=start + timedelta(minutes=took) if took is not None else None, **more,
    )  # fmt: skip


def _shift(store: Store, now: datetime) -> None:
    for n in reversed(range(70)):
        old = _record("export-orders", f"export-orders-{n:04d}", RunState.DONE, now, 1500 + 1440 * n, 9 + n % 4)
        store.add_run(old)
    runs = [
        _record("export-orders", "export-orders-0120", RunState.DONE, now, 95, 11, result="三店共 128 单", counts={}),
        _record("key-orders", KEYED, RunState.DONE, now, 80, 46, counts={"done": 41, "rejected": 3, "in_doubt": 1},
                parameters={"paid_on": "2026-11-19"}),
        _record("ship-orders", RUNNING, RunState.RUNNING, now, 4, None, step="填写运单", item="3515000000000000006",
                counts={"done": 5, "in_progress": 1, "new": 6}),
        _record("write-stock", "write-stock-0123", RunState.FAILED, now, 30, 2,
                reason="抖店把我们登出了两次；第三次登录要短信验证码"),
    ]  # fmt: skip
    outcomes = (Outcome.RAN, Outcome.RAN, Outcome.RUNNING, Outcome.LATE)
    for run, outcome in zip(runs, outcomes, strict=True):
        store.add_run(run)
        slot = Slot(slot_id=f"{run.bot}@{SHIFT}", bot=run.bot, planned_for=run.started_at or now, shift=SHIFT)
        store.plan(slot)
        store.settle(
            slot.slot_id, outcome, run=run.run, why="账号被占用，晚了 9 分钟" if outcome is Outcome.LATE else ""
        )
    for place, bot in enumerate(("reconcile-invoices", "request-payments"), start=1):
        store.plan(
            Slot(slot_id=f"{bot}@{SHIFT}", bot=bot, planned_for=now + timedelta(minutes=40 * place), shift=SHIFT)
        )


def _tasks(store: Store, now: datetime, picture: str) -> None:
    common: Any = {"asked_at": now - timedelta(minutes=12), "deadline": now + timedelta(minutes=48)}
    asked = [
        Task(
            task=DOUBT_TASK,
            kind="in_doubt",
            run=KEYED,
            queue="orders",
            key=DOUBT,
            picture=picture,
            question="订单 3515000000000000018 的销货单保存后没有回应。ERP 里有这张单吗？",
            choices=("it_is_there", "it_is_not_there"),
            details={"key": DOUBT, "picture_before": picture, "picture_before_run": KEYED},
            **common,
        ),
        Task(
            task="login-douyin",
            kind="login",
            run="write-stock-0123",
            question="抖店要短信验证码，请输入收到的 6 位数字。",
            asked_at=now - timedelta(minutes=3),
            deadline=now - timedelta(minutes=1),
        ),
        Task(
            task="review-1",
            kind="review",
            run=KEYED,
            queue="invoices",
            key=INVOICES[1],
            question="发票比采购订单多 200.00 元，可以付款吗？",
            choices=("accept", "reject"),
            **common,
        ),
    ]
    for task in asked:
        store.ask(task)


def seeded(workspace: Path, *, invoices: int = len(INVOICES)) -> Services:
    """A whole night in `workspace`."""
    now, store, clock, logs = datetime.now(UTC), MemoryStore(), SystemClock(), workspace / "logs"
    film = open_film(logs=logs, data=workspace / "data", run=KEYED, clock=clock)
    film.begin({"bot": "key-orders", "by": "shift"})
    for n in (0, 3, 6):
        film_one(film, f"taobao:yunshan:{3515000000000000000 + n}")
    picture = film_one(film, DOUBT, doubt=True)
    report = workspace / "voucher-list.csv"
    report.write_text("外部单号,凭证号\n3515000000000000000,XS2611200000\n", encoding="utf-8")
    film.keep_file(report, kind="download")
    film.end("done", {"done": 41})
    store.anchor(KEYED, seq=film.head()[0], head=film.head()[1], now=now)
    _shift(store, now)
    _orders(store, now)
    _invoices(store, workspace, now, invoices)
    _tasks(store, now, picture)
    return Services(
        store=store, workspace=workspace, logs=logs, launcher=Launcher(store), load_run=load_run, language="zh"
    )


def running_film(services: Services, run: str = RUNNING) -> RunFilm:
    """The film of the run that goes on, for the live page; the caller adds to it and closes it."""
    film = open_film(logs=services.logs, data=services.data, run=run, clock=SystemClock())
    film.begin({"bot": "ship-orders", "by": "shift"})
    return film


if __name__ == "__main__":
    import tempfile

    from nightclerk.console.serve import serve

    with tempfile.TemporaryDirectory() as folder:
        night = seeded(Path(folder))
        film = running_film(night)
        film_one(film, "taobao:yunshan:3515000000000000006")
        serve(night, port=int(sys.argv[1]) if len(sys.argv) > 1 else 0)
