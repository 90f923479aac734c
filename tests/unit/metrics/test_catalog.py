"""The catalogue keeps the rules of names and labels, and whatever quotes it quotes it right."""

import json
import re
from pathlib import Path

import pytest

from emporion.metrics import CATALOG
from emporion.metrics.catalog import BUILD_INFO
from emporion.metrics.metric import MetricType
from emporion.metrics.reference import render_reference

ROOT = Path(__file__).parents[3]
NAMES = {metric.name: metric for metric in CATALOG}
SUBSYSTEMS = "classroom|gateway|runtime|journal|media|forward|congestion"


def test_each_metric_is_declared_once() -> None:
    assert len(NAMES) == len(CATALOG)


@pytest.mark.parametrize("metric", CATALOG, ids=lambda metric: metric.name)
def test_a_name_tells_subsystem_unit_and_type(metric) -> None:  # type: ignore[no-untyped-def]  # Any of the catalogue.
    assert re.fullmatch(rf"emporion_({SUBSYSTEMS})_[a-z_]+", metric.name)
    assert metric.name.endswith("_total") == (metric.type is MetricType.COUNTER)
    assert metric.unit in ("", "bytes", "seconds")
    assert metric.unit in metric.name
    assert metric.help.endswith(".")


@pytest.mark.parametrize("metric", CATALOG, ids=lambda metric: metric.name)
def test_a_label_is_a_small_enumeration(metric) -> None:  # type: ignore[no-untyped-def]  # Any of the catalogue.
    if metric.label is not None:
        assert 1 < len(metric.label.values) <= 10
        assert len(set(metric.label.values)) == len(metric.label.values)


def test_the_reference_page_is_the_catalogue() -> None:
    """Fails after a change of the catalogue: run `make docs`."""
    page = (ROOT / "docs/reference/metrics.md").read_text()
    assert page == render_reference()


@pytest.mark.parametrize("file", ["dashboards/emporion.json", "alerts/emporion.yml"])
def test_dashboards_and_alerts_name_metrics_that_exist(file: str) -> None:
    text = (ROOT / "metrics" / file).read_text()
    quoted = set(re.findall(r"\bemporion_[a-z_]+", text))
    series = {name for metric in CATALOG for name in _series(metric.name, metric.type)}
    assert quoted, "the pattern finds nothing"
    assert quoted <= series | {BUILD_INFO}


def test_every_panel_of_the_dashboard_asks_something() -> None:
    dashboard = json.loads((ROOT / "metrics/dashboards/emporion.json").read_text())
    panels = [panel for panel in dashboard["panels"] if panel["type"] != "row"]
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    assert all(target["expr"] for panel in panels for target in panel["targets"])


def _series(name: str, type: MetricType) -> list[str]:
    if type is MetricType.HISTOGRAM:
        return [f"{name}_bucket", f"{name}_sum", f"{name}_count"]
    return [name]
