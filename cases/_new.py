"""Writes the file that a person starts a case of their own from."""

from __future__ import annotations

import importlib.resources
import re
from pathlib import Path

from simulator.errors import BadInput, shown

__all__ = ["write_case"]


def write_case(path: Path) -> None:
    """Write the template to *path*, named after the file; BadInput when it is no place for a new Python file."""
    if path.suffix != ".py":
        raise BadInput(f"{shown(str(path))} is no Python file; write a name such as my_case.py")
    text = importlib.resources.files("cases").joinpath("_template.py").read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text.replace('name="template"', f'name="{_name(path)}"'))
    except FileExistsError:
        raise BadInput(f"{shown(str(path))} exists already; it is left as it is") from None
    except OSError as error:
        raise BadInput(f"{shown(str(path))} cannot be written: {error.strerror}") from None


def _name(path: Path) -> str:
    return re.sub(r"\W+", "_", path.stem).strip("_").lower() or "case"
