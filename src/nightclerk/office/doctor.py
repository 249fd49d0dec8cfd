"""What this machine has and lacks for running bots: named codes (NO_BROWSER, LOCKED_SESSION …) with their remedies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from nightclerk.errors import NightClerkError, StoreUnreachable
from nightclerk.office.machine import NoAnswer, Screen, SystemFacts, this_machine
from nightclerk.office.roll_call import shared_workspace, unmanned, workers_of
from nightclerk.texts import catalogue, say

DISK_NEEDED = 2 * 1024**3
CLOCK_TOLERANCE_S = 120.0


@dataclass(frozen=True, kw_only=True)
class Check:
    """One finding. `needed`: bots cannot do their work without it; the others only limit what can be done."""

    code: str
    ok: bool
    found: str
    remedy: str = ""
    needed: bool = True


@dataclass(frozen=True, kw_only=True)
class Patient:
    """The machine under examination and the workspace that it is to serve."""

    facts: SystemFacts
    root: Path


def examine(root: Path, facts: SystemFacts | None = None) -> list[Check]:
    """Every check that makes sense on this machine, in a fixed order."""
    patient = Patient(facts=facts or this_machine(), root=root)
    return [check for look in LOOKS if (check := look(patient)) is not None]


def is_fit(checks: Sequence[Check]) -> bool:
    """Whether nothing that is needed is missing."""
    return all(check.ok or not check.needed for check in checks)


def as_json(checks: Sequence[Check]) -> dict[str, Any]:
    """The findings for a script."""
    return {"ok": is_fit(checks), "checks": [asdict(check) for check in checks]}


def as_table(checks: Sequence[Check]) -> Table:
    """The findings for a person: one line a check, the remedy under what is missing."""
    verdict = say("doctor.fit" if is_fit(checks) else "doctor.unfit")
    table = Table(box=None, pad_edge=False, caption=verdict, caption_justify="left")
    for heading in ("", "doctor.column.code", "doctor.column.part", "doctor.column.found"):
        table.add_column(say(heading) if heading else "", overflow="fold")
    for check in checks:
        mark = "[green]✓[/]" if check.ok else "[red]✗[/]" if check.needed else "[yellow]![/]"
        found = check.found if check.ok else f"{check.found}\n→ {check.remedy}"
        table.add_row(mark, check.code, say(f"doctor.{check.code}.part"), found)
    return table


# ---------------------------------------------------------------------------------------- the checks


def _check(patient: Patient, code: str, ok: bool, found: str = "", *, needed: bool = True, **facts: object) -> Check:
    """A finding with its texts: the remedy of this platform when the catalogue has one of its own."""
    own = f"doctor.{code}.remedy_{patient.facts.platform}"
    remedy = own if own in catalogue() else f"doctor.{code}.remedy"
    words = found or say("doctor.there" if ok else "doctor.absent")
    return Check(
        code=code, ok=ok, found=words, remedy="" if ok else say(remedy, **facts), needed=needed
    )  # fmt: skip


def old_python(patient: Patient) -> Check:
    version = patient.facts.python
    return _check(patient, "OLD_PYTHON", version >= (3, 11), ".".join(map(str, version)))


def no_browser(patient: Patient) -> Check:
    path = patient.facts.browser()
    return _check(patient, "NO_BROWSER", bool(path), path)


def no_display(patient: Patient) -> Check:
    """On Linux a desktop bot brings its own Xvfb; elsewhere there has to be a desktop."""
    display = patient.facts.display()
    own = patient.facts.tool("Xvfb") if patient.facts.platform == "linux" else ""
    found = display or (say("doctor.NO_DISPLAY.own") if own else "")
    return _check(patient, "NO_DISPLAY", bool(display or own), found)


def _linux_tool(code: str, tool: str) -> Callable[[Patient], Check | None]:
    def look(patient: Patient) -> Check | None:
        if patient.facts.platform != "linux":
            return None
        path = patient.facts.tool(tool)
        return _check(patient, code, bool(path), path)

    return look


def no_accessibility_bus(patient: Patient) -> Check | None:
    if patient.facts.platform != "linux":
        return None
    return _check(
        patient, "NO_ACCESSIBILITY_BUS", patient.facts.has_accessibility_bus(), needed=False
    )  # fmt: skip


def no_cjk_font(patient: Patient) -> Check:
    return _check(patient, "NO_CJK_FONT", patient.facts.has_cjk_font())


def no_tk(patient: Patient) -> Check:
    return _check(patient, "NO_TK", patient.facts.has_module("tkinter"))


def no_ocr(patient: Patient) -> Check:
    return _check(patient, "NO_OCR", patient.facts.has_module("rapidocr"), needed=False)


def locked_session(patient: Patient) -> Check | None:
    locked = patient.facts.locked()
    if locked is None:
        return None
    return _check(patient, "LOCKED_SESSION", not locked, say(f"doctor.LOCKED_SESSION.{str(locked).lower()}"))


def disconnected_session(patient: Patient) -> Check | None:
    disconnected = patient.facts.disconnected()
    if disconnected is None:
        return None
    found = say(f"doctor.DISCONNECTED_SESSION.{str(disconnected).lower()}")
    return _check(patient, "DISCONNECTED_SESSION", not disconnected, found)


def not_elevated(patient: Patient) -> Check | None:
    """No fault by itself: only a program that runs as administrator takes no input from one that does not."""
    elevated = patient.facts.elevated()
    if elevated is None:
        return None
    return _check(patient, "NOT_ELEVATED", elevated, say(f"doctor.NOT_ELEVATED.{str(elevated).lower()}"), needed=False)


def black_screen(patient: Patient) -> Check | None:
    try:
        screen = patient.facts.screen()
    except NoAnswer as error:
        return _check(patient, "BLACK_SCREEN", False, str(error))
    if screen is None:
        return None
    return _check(patient, "BLACK_SCREEN", not screen.uniform, _size(screen))


def _size(screen: Screen) -> str:
    return f"{screen.width}×{screen.height}"


def wrong_dpi(patient: Patient) -> Check | None:
    scale = patient.facts.scale_percent()
    if scale is None:
        return None
    return _check(patient, "WRONG_DPI", scale == 100, f"{scale} %", needed=patient.facts.platform == "windows")


def disk_low(patient: Patient) -> Check:
    free = patient.facts.free_bytes(patient.root)
    found = say("doctor.DISK_LOW.free", gb=f"{free / 1024**3:.1f}")
    return _check(patient, "DISK_LOW", free >= DISK_NEEDED, found, gb=DISK_NEEDED // 1024**3)


def clock_off(patient: Patient) -> Check:
    """Without a network the clock can only be caught standing before something that has already happened."""
    newest = [patient.facts.newest(patient.root / name) for name in ("logs", "data", "bots")]
    ahead_s = max((time for time in newest if time is not None), default=0.0) - patient.facts.now()
    off = ahead_s > CLOCK_TOLERANCE_S
    found = say(f"doctor.CLOCK_OFF.{'behind' if off else 'right'}", seconds=round(ahead_s))
    return _check(patient, "CLOCK_OFF", not off, found)


def key_readable(patient: Patient) -> Check | None:
    """Private keys under `data/` and `config/` may be read by their owner only."""
    places = ("data/*.key", "data/*/*.key", "config/**/*.key")
    keys = [key for place in places for key in sorted(patient.root.glob(place))]
    modes = {key: patient.facts.mode(key) for key in keys}
    known = {key: mode for key, mode in modes.items() if mode is not None}
    if not known:
        return None
    open_ones = [key for key, mode in known.items() if mode & 0o077]
    found = ", ".join(f"{key} ({known[key]:o})" for key in open_ones)
    return _check(patient, "KEY_READABLE", not open_ones, found, files=" ".join(map(str, open_ones)))


def no_database(patient: Patient) -> Check | None:
    """Where several machines share a database, it has to answer this one."""
    workspace = shared_workspace(patient.root)
    if workspace is None:
        return None
    try:
        return _check(patient, "NO_DATABASE", True, say("doctor.NO_DATABASE.workers", n=len(workers_of(workspace))))
    except NightClerkError as error:
        return _check(patient, "NO_DATABASE", False, error.sentence())


def no_worker(patient: Patient) -> Check | None:
    """On a shared database every bot needs a worker somewhere that has what the bot needs."""
    workspace = shared_workspace(patient.root)
    if workspace is None:
        return None
    try:
        lacking = unmanned(workspace.bots.values(), workers_of(workspace))
    except StoreUnreachable:
        return None  # the check before has said so
    found = "; ".join(f"{needs}: {', '.join(bots)}" for needs, bots in sorted(lacking.items()))
    return _check(patient, "NO_WORKER", not lacking, found, needed=False, needs=" --can ".join(sorted(lacking)))


LOOKS: tuple[Callable[[Patient], Check | None], ...] = (
    old_python,
    no_browser,
    no_display,
    _linux_tool("NO_XVFB", "Xvfb"),
    _linux_tool("NO_WINDOW_MANAGER", "openbox"),
    _linux_tool("NO_CLIPBOARD", "xclip"),
    no_cjk_font,
    no_tk,
    no_accessibility_bus,
    no_ocr,
    locked_session,
    disconnected_session,
    not_elevated,
    black_screen,
    wrong_dpi,
    disk_low,
    clock_off,
    key_readable,
    no_database,
    no_worker,
)
