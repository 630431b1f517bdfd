"""The cases as Gymnasium environments, by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cases import load, names

if TYPE_CHECKING:  # imported where it is needed: `windtunnel --help` has to be quick
    from simulator.environment import Environment, First

__all__ = ["env", "register"]


def env(
    case: str, *, par: First = None, seed: int = 0, until: float | None = None, every: float | str | None = None,
    acts: Iterable[str] | None = None,
) -> Environment:  # fmt: skip
    """Return the *case*, by name or path, as an environment that begins with the first design of *par*.

    *seed* and *until* [s] as for `simulator.environment.Environment`, *every* and *acts* as for its `Controls.of`.
    BadInput where gymnasium is not installed, and for a case, par or act that there is not.
    """
    from simulator.environment import Controls, Environment

    found = load(case)
    return Environment(found, seed=seed, par=par, until=until, controls=Controls.of(found, every=every, acts=acts))


def register() -> list[str]:
    """Make the installed cases known to `gymnasium.make`, and return their ids: `windtunnel/CASE-vREVISION`.

    Keyword arguments of `make` are those of `env`. BadInput where gymnasium is not installed.
    """
    import simulator.environment  # noqa: F401  says what is missing

    known = {f"windtunnel/{name}-v{load(name).revision}": name for name in names()}
    _make_known(known)
    return list(known)


def _make_known(cases: dict[str, str]) -> None:
    import gymnasium

    for id, name in cases.items():
        if id not in gymnasium.registry:
            gymnasium.register(id, entry_point="cases.environments:env", kwargs={"case": name})
