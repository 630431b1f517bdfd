"""Turns figures into pictures: ECharts options while a flight moves, plotly figures where it stands still."""

from __future__ import annotations

from dashboard.charts.attainable import attainable
from dashboard.charts.attribution import attribution
from dashboard.charts.captions import caption
from dashboard.charts.compare import forest, frontier, overlay
from dashboard.charts.exhibit import exhibit
from dashboard.charts.happened import happened
from dashboard.charts.live import profit, timeline
from dashboard.charts.luck import luck
from dashboard.charts.model import maturity, psi, reliability, score_history, threshold_curve
from dashboard.charts.money import bridge, ghost
from dashboard.charts.palette import DARK, LIGHT, Palette, palette
from dashboard.charts.serving import flow, latency_histogram, request_timeline, waterfall
from dashboard.charts.tables import confusion, slice_table

__all__ = [
    "DARK",
    "LIGHT",
    "Palette",
    "attainable",
    "attribution",
    "bridge",
    "caption",
    "confusion",
    "exhibit",
    "flow",
    "forest",
    "frontier",
    "ghost",
    "happened",
    "latency_histogram",
    "luck",
    "maturity",
    "overlay",
    "palette",
    "profit",
    "psi",
    "reliability",
    "request_timeline",
    "score_history",
    "slice_table",
    "threshold_curve",
    "timeline",
    "waterfall",
]
