"""Puts the moving parts on a page: the strip above a flight, and the map of the system."""

from __future__ import annotations

from dashboard.components.deck import deck
from dashboard.components.system_map import layout, system_map

__all__ = ["deck", "layout", "system_map"]
