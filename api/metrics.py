"""Metrics for Prometheus. Labels are route templates, states and kinds; never anything of a patient."""

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from db.repositories import evidence, findings
from db.session import Engine, unit_of_work
from dose_services.reading import ReadState

# Bounds around the aims: a dose visible in 0.3 s, at the latest in 1.5 s.
_SECONDS = (0.005, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 1.5, 3.0, 10.0)


class Metrics:
    """The metrics of one process. Each has a registry of its own, so that two in one interpreter do not mix."""

    def __init__(self, engine: Engine) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("doseledger_http_requests", "Answered requests", labels, registry=self.registry)
        self._seconds = Histogram(
            "doseledger_http_request_seconds",
            "Time to answer",
            ("route",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._unreadable = Counter(
            "doseledger_unreadable_objects", "Objects kept here that could not be read", registry=self.registry
        )
        self.registry.register(_DatabaseCollector(engine))

    def answered(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        self._requests.labels(method=method, route=route, status=str(status)).inc()
        self._seconds.labels(route=route).observe(seconds)

    def was_read(self, states: Iterable[ReadState], *, new: frozenset[object]) -> None:
        """Count the objects among ``new`` that turned out unreadable."""
        self._unreadable.inc(sum(state.status == "unreadable" and state.evidence_id in new for state in states))

    def text(self) -> bytes:
        """Return all metrics in Prometheus' text format."""
        return generate_latest(self.registry)


class _DatabaseCollector(Collector):
    """What the database holds, counted when asked, so that all processes tell the same."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Return nothing, so that registering asks no database."""
        return ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges."""
        with unit_of_work(self._engine) as session:
            by_status = evidence.count_by_status(session)
            by_kind = findings.count_by_kind(session)
        held = GaugeMetricFamily("doseledger_evidence", "Objects kept, by state of reading", labels=["read_status"])
        for status, count in sorted(by_status.items()):
            held.add_metric([status], count)
        yield held
        open_findings = GaugeMetricFamily("doseledger_findings_open", "Findings that want a look", labels=["kind"])
        for kind, count in sorted(by_kind.items()):
            open_findings.add_metric([kind], count)
        yield open_findings
