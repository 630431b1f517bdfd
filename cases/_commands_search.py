"""The commands for searching the space of designs: optimise and sensitivity."""

from __future__ import annotations

import typer

__all__ = ["app"]

app = typer.Typer(rich_markup_mode=None)
