"""The commands that make a mock round, hold it against its case, and list those that are shipped."""

from __future__ import annotations

import typer

__all__ = ["app"]

app = typer.Typer(rich_markup_mode=None)
