"""Puts the toy round, and the hostile texts and the made-up debrief of the reports, within reach of these tests."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
for folder in (str(HERE), str(HERE.parent / "test_report")):
    if folder not in sys.path:
        sys.path.insert(0, folder)
