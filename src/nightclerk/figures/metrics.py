"""The state of the night as Prometheus text: what stands in the books now, for `/metrics`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from nightclerk.domain.items import RunState
from nightclerk.domain.workers import silent
from nightclerk.work.store import SqlStore

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def metrics_text(store: SqlStore, *, now: datetime | None = None) -> str:
    """Prometheus exposition (text format 0.0.4). Names and states only: no key of an item, no reason, nobody's data."""
    registry = CollectorRegistry()
    registry.register(_Books(store, now or datetime.now(UTC)))
    return generate_latest(registry).decode()


class _Books:
    """Reads the books when Prometheus asks."""

    def __init__(self, store: SqlStore, now: datetime) -> None:
        self._store, self._now = store, now

    def collect(self) -> Iterator[Metric]:
        yield from self._items()
        yield from self._runs()
        yield from self._people()
        yield from self._around()

    def _items(self) -> Iterator[Metric]:
        items = GaugeMetricFamily("nightclerk_items", "Work items by queue and state", labels=["queue", "state"])
        for queue in self._store.queues():
            for state, number in self._store.counts(queue).items():
                items.add_metric([queue, state.value], number)
        yield items

    def _runs(self) -> Iterator[Metric]:
        ended = CounterMetricFamily("nightclerk_runs", "Runs by bot and state, since ever", labels=["bot", "state"])
        for (bot, state), number in self._store.runs_by_bot().items():
            ended.add_metric([bot, state], number)
        yield ended
        stuck = GaugeMetricFamily("nightclerk_run_idle_seconds", "Since a run last moved", labels=["bot", "run"])
        for run in self._store.runs(states=[RunState.RUNNING], limit=1000):
            moved = run.moved_at or run.started_at or self._now
            stuck.add_metric([run.bot, run.run], max(0.0, (self._now - moved).total_seconds()))
        yield stuck
        slots = CounterMetricFamily("nightclerk_slots", "Planned starts by bot and outcome", labels=["bot", "outcome"])
        for (bot, outcome), number in self._store.slots_by_bot().items():
            slots.add_metric([bot, outcome], number)
        yield slots

    def _people(self) -> Iterator[Metric]:
        tasks = self._store.tasks(limit=100_000)
        waiting = GaugeMetricFamily("nightclerk_tasks_open", "Questions that wait for a person", labels=["kind"])
        for kind, number in sorted(Counter(task.kind for task in tasks).items()):
            waiting.add_metric([kind], number)
        yield waiting
        asked = [task.asked_at for task in tasks if task.asked_at]
        oldest_s = max(((self._now - at).total_seconds() for at in asked), default=0.0)
        yield GaugeMetricFamily("nightclerk_oldest_task_seconds", "Age of the oldest open question", value=oldest_s)

    def _around(self) -> Iterator[Metric]:
        up = [w for w in self._store.workers() if not silent(w, self._store.time(self._now))]
        yield GaugeMetricFamily("nightclerk_workers_up", "Workers that were heard of lately", value=len(up))
        told = GaugeMetricFamily("nightclerk_messages", "Messages by channel and state", labels=["channel", "state"])
        for (channel, state), number in self._store.deliveries_by_channel().items():
            told.add_metric([channel, state], number)
        yield told
