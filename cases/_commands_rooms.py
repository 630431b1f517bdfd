"""The commands for the rooms of this machine: list, export, delete."""

from __future__ import annotations

import typer

__all__ = ["app"]

app = typer.Typer(rich_markup_mode=None)
