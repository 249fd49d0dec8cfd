"""How each kind of fault is brought about, and what is remembered of it."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGSTOP

from nightclerk.app import store_of
from nightclerk.chaos import processes
from nightclerk.chaos.faults import HELD, Fault, Kind, Moment
from nightclerk.chaos.home import BOTS
from nightclerk.chaos.other_side import WebPartner
from nightclerk.chaos.scene import NoMoment, Scene
from nightclerk.chaos.staff import Staff
from nightclerk.chaos.watch import Seen
from nightclerk.clocks import SystemClock
from nightclerk.work.shift import Shift
from nightclerk.workspace import Workspace

#: Longer than every lease and every silence after which somebody else takes over.
FROZEN_S = 80.0
JUMP_S = 120
DISK_FULL_S = 2.0
MET_S = 120.0
TOLD_S = 0.02


@dataclass(frozen=True, kw_only=True)
class Struck:
    """One fault that came about. `struck` is False where the system or the moment did not allow it."""

    kind: Kind
    moment: Moment | None = None
    item: str = ""
    run: str = ""
    struck: bool = True
    detail: str = ""


class Striker:
    """Brings faults about in one scene."""

    def __init__(self, scene: Scene, seed: int) -> None:
        self.scene, self.dice = scene, random.Random(f"strike/{seed}")
        self.slots_doubled = 0
        self._ways: Mapping[Kind, Callable[[Fault], Struck]] = {
            Kind.KILL: self._kill, Kind.KILL_WORKER: self._kill, Kind.POWER_CUT: self._kill,
            Kind.KILL_PROGRAM: self._hit_program, Kind.FREEZE_PROGRAM: self._hit_program,
            Kind.HANG_PROGRAM: self._hit_program,
            Kind.FREEZE: self._freeze, Kind.DISK_FULL: self._fill_disk,
            Kind.DROP_BEFORE: self._tell, Kind.DROP_AFTER: self._tell, Kind.FAIL_AFTER: self._tell,
            Kind.LATE_ANSWER: self._tell, Kind.LATE_LANDING: self._tell, Kind.EXPIRE: self._tell,
            Kind.SLOT_TWICE: self._fire_slot_twice, Kind.SECOND_SCHEDULER: self._start_second_scheduler,
            Kind.CLOCK_FORWARD: self._jump_clock, Kind.CLOCK_BACK: self._jump_clock,
            Kind.LOCK_DATABASE: self._lock_database, Kind.STOP_DATABASE: self._stop_database,
        }  # fmt: skip

    def strike(self, fault: Fault) -> Struck:
        """Bring one fault about. Raises NoMoment when nothing works any more."""
        if fault.moment is None and self.scene.killed_at:
            self.scene.struck_since = True
        return self._ways[fault.kind](fault)

    # -------------------------------------------------------------------------------------------- kills

    def _kill(self, fault: Fault) -> Struck:
        assert fault.moment is not None
        if fault.moment in HELD:
            return self._kill_while_held(fault)
        if fault.moment is Moment.START:
            self._make_start()
        seen = self.scene.wait_for(fault.moment)
        time.sleep(fault.jitter_s)
        self._put_down(fault.kind, seen)
        return _struck(fault, seen)

    def _make_start(self) -> None:
        """Runs that always find work never start anew: whoever performs dies, so that somebody has to take it up."""
        seen = self.scene.performing()
        if seen is not None:
            processes.send(seen.pid, SIGKILL)

    def _kill_while_held(self, fault: Fault) -> Struck:
        """The partner holds a request still while the process that sent it dies; then the request goes on."""
        assert fault.moment is not None
        web = self._web()
        order = web.tell(fault.moment.value, "hold")
        try:
            ref = self._until_met(web, order)
            seen = self.scene.performing(ref) if ref is not None else None
            if seen is None:
                return Struck(kind=fault.kind, moment=fault.moment, struck=False)
            self._put_down(fault.kind, seen)
            return _struck(fault, seen)
        finally:
            web.release(order)

    def _put_down(self, kind: Kind, seen: Seen) -> None:
        staff = self.scene.staff
        if kind is Kind.KILL:
            processes.send(seen.pid, SIGKILL)
        elif kind is Kind.KILL_WORKER:
            staff.kill(self.scene.member(seen.pid))
        else:
            staff.cut_power(self.scene.member(seen.pid))
        self.scene.killed_at = time.monotonic()

    def _hit_program(self, fault: Fault) -> Struck:
        """Kill the desktop program, or freeze it with a key of ours in its queue: for three seconds, or for good."""
        assert fault.moment is not None
        seen = self.scene.wait_for(fault.moment)
        time.sleep(fault.jitter_s)
        below = processes.children(seen.pid)
        programs = [pid for pid in below if "nightclerk.sandbox.erp" in processes.words(pid)]
        number = SIGKILL if fault.kind is Kind.KILL_PROGRAM else SIGSTOP
        hit = [pid for pid in programs if processes.send(pid, number)]
        if fault.kind is Kind.FREEZE_PROGRAM:
            self.scene.pause(3.0)
            for pid in hit:
                processes.send(pid, SIGCONT)
        return _struck(fault, seen, struck=bool(hit))

    def _freeze(self, fault: Fault) -> Struck:
        """SIGSTOP now, SIGCONT when others have long taken over; the other faults go on meanwhile.

        With several workers all of one worker stops (a suspended machine); with one, the process of the run.
        """
        assert fault.moment is not None
        while self.scene.thaw_at:
            self.scene.pause(1.0)
        seen = self.scene.wait_for(fault.moment)
        time.sleep(fault.jitter_s)
        member = self.scene.member(seen.pid)
        if self.scene.database is not None:
            self.scene.staff.freeze(member)
        else:
            member.frozen = [seen.pid]
            processes.send(seen.pid, SIGSTOP)
        self.scene.thaw_at[time.monotonic() + FROZEN_S] = lambda: Staff.thaw(member)
        return _struck(fault, seen)

    # -------------------------------------------------------------------------------------- the partner

    def _tell(self, fault: Fault) -> Struck:
        at, do, seconds = {
            Kind.DROP_BEFORE: ("arrived", "drop", 0.0), Kind.DROP_AFTER: ("committed", "drop", 0.0),
            Kind.FAIL_AFTER: ("committed", "fail", 0.0), Kind.LATE_ANSWER: ("committed", "delay", 4.0),
            Kind.LATE_LANDING: ("arrived", "delay", self.dice.choice((1.0, 2.0, 2.5))),
            Kind.EXPIRE: (self.dice.choice(("look", "form", "arrived", "committed")), "expire", 0.0),
        }[fault.kind]  # fmt: skip
        web = self._web()
        order = web.tell(at, do, seconds=seconds)
        ref = self._until_met(web, order)
        if ref is None:
            web.release(order)
        return Struck(kind=fault.kind, item=ref or "", struck=ref is not None, detail=at)

    def _until_met(self, web: WebPartner, order: int) -> str | None:
        """The reference that met an instruction ("" for a form); None when nothing came past."""
        deadline = time.monotonic() + MET_S
        while time.monotonic() < deadline:
            told = web.told(order)
            if told["state"] != "waiting":
                return str(told["ref"])
            self.scene.tick()
            time.sleep(TOLD_S)
        return None

    def _web(self) -> WebPartner:
        assert self.scene.web is not None, "only the web partner takes instructions"
        return self.scene.web

    # ------------------------------------------------------------------------------- machine and shifts

    def _fill_disk(self, fault: Fault) -> Struck:
        """A limit of 0 bytes on every file that the worker and the run's process write (RLIMIT_FSIZE)."""
        seen = self.scene.wait_for(Moment.ITEM)
        pids = [seen.pid, self.scene.member(seen.pid).pid]
        limited = [pid for pid in pids if processes.limit_files(pid, 0)]
        self.scene.pause(DISK_FULL_S)
        for pid in limited:
            processes.limit_files(pid, None)
        return _struck(fault, seen, struck=bool(limited))

    def _jump_clock(self, fault: Fault) -> Struck:
        """Two minutes ahead (or back) and, after six seconds, the other way: on one machine for all of its
        processes; with several workers on one of them, so that clocks differ."""
        members = list(self.scene.staff.members)
        chosen = [self.dice.choice(members)] if self.scene.database is not None else members
        seconds = JUMP_S if fault.kind is Kind.CLOCK_FORWARD else -JUMP_S
        for member in chosen:
            set_clock(member.clock, seconds)
        self.scene.pause(6.0)
        for member in chosen:
            set_clock(member.clock, 0)
        return Struck(kind=fault.kind, detail=", ".join(member.name for member in chosen))

    def _fire_slot_twice(self, fault: Fault) -> Struck:
        """Two more schedulers fire one fresh slot in the same instant."""
        planned_for, start = SystemClock().now().replace(microsecond=0), threading.Barrier(2)
        fired: list[str | None] = []

        def fire() -> None:
            start.wait()
            fired.append(fire_slot(self.scene.home, BOTS[self.scene.partner], planned_for))

        threads = [threading.Thread(target=fire) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        runs = sum(run is not None for run in fired)
        self.slots_doubled += runs > 1
        return Struck(kind=fault.kind, detail=f"{runs}")

    def _start_second_scheduler(self, fault: Fault) -> Struck:
        """A second `nightclerk shift`, until it has been refused, or SIGKILL after twenty seconds."""
        staff = self.scene.staff
        first = staff.members[0]
        second = staff.start("shift-2", first.command, first.clock)
        for _ in range(20):
            if second.poll() is None:
                self.scene.pause(1.0)
        refused = second.poll() is not None
        if not refused:
            for pid in [*processes.children(second.pid), second.pid]:
                processes.send(pid, SIGKILL)
        second.wait()
        return Struck(kind=fault.kind, detail="refused" if refused else "killed")

    # ------------------------------------------------------------------------------------- the database

    def _lock_database(self, fault: Fault) -> Struck:
        """Hold SQLite's write lock: mostly four seconds, sometimes longer than anybody waits for it."""
        held_s = self.dice.choice((4.0, 4.0, 4.0, 33.0))
        file = Path(self.scene.home.database_url.removeprefix("sqlite:///"))
        self.scene.resting = True
        try:
            with closing(sqlite3.connect(file, timeout=20, isolation_level=None)) as db:
                db.execute("BEGIN IMMEDIATE")
                self.scene.pause(held_s)
                db.execute("ROLLBACK")
        finally:
            self.scene.resting = False
        return Struck(kind=fault.kind, detail=f"{held_s:g} s")

    def _stop_database(self, fault: Fault) -> Struck:
        """PostgreSQL: every client cut off, no checkpoint; up again after some seconds."""
        assert self.scene.database is not None
        down_s = self.dice.choice((1.0, 3.0, 8.0))
        seen = None
        with suppress(NoMoment):
            seen = self.scene.wait_for(self.dice.choice((Moment.CLAIMED, Moment.CLICK, Moment.ITEM, Moment.CLICKED)))
        self.scene.resting = True
        try:
            self.scene.database.stop(at_once=True)
            self.scene.pause(down_s)
            self.scene.database.start()
        finally:
            self.scene.resting = False
        return Struck(kind=fault.kind, item=seen.item if seen else "", detail=f"{down_s:g} s")


def fire_slot(home: Workspace, bot: str, planned_for: datetime) -> str | None:
    """Plan a slot and queue its run as a scheduler does; None when it was there already. A worker takes it up later."""
    store = store_of(home)
    try:
        shift = Shift(workspace=home, store=store, clock=SystemClock(), fire=lambda run, needs: None)
        return shift.start_slot(home.bots[bot], planned_for, shift="chaos", by="chaos")
    finally:
        store.close()


def _struck(fault: Fault, seen: Seen, *, struck: bool = True) -> Struck:
    return Struck(kind=fault.kind, moment=fault.moment, item=seen.item, run=seen.run, struck=struck)


def set_clock(file: Path, seconds: int) -> None:
    """Replace the file in one move, so that no reader sees half a number."""
    draft = file.with_suffix(".draft")
    draft.write_text(str(seconds), encoding="utf-8")
    draft.replace(file)
