"""A retraining policy: look at the labelled leads every day, and train anew when the model is off.

Fly it with:  windtunnel run drift_retraining --policy drift_policy.py
"""

from __future__ import annotations

from typing import Any

from simulator.plan import Plan
from simulator.units import day
from simulator.view import View

LIMIT = 1.0  # standard deviations by which the log loss exceeds what the model promised
PAUSE = day(2)  # labels need time to show what a new version is worth


def policy(view: View) -> Plan | dict[str, Any] | None:
    """Train on the last week's labels when the loss stands above the limit, at most every other day."""
    if view.now == 0:
        return {"window_days": 7}
    trained = [act.at for act in view.plan.acts]
    if view.gauge("label_loss_z") > LIMIT and (not trained or view.now - trained[-1] >= PAUSE):
        return view.plan.do(view.now, "retrain", "the labelled leads say that the model is off")
    return None
