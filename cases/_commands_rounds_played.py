"""The commands that fly a mock round without a browser, and write what came of one."""

from __future__ import annotations

import typer

__all__ = ["app"]

app = typer.Typer(rich_markup_mode=None)
