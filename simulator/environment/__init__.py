"""Any case as a Gymnasium environment: an agent sees what the desk knows, turns live dials, and is paid in dollars."""

from simulator.errors import BadInput

try:
    from simulator.environment.envs import Environment, Flat
except ModuleNotFoundError as error:
    if error.name != "gymnasium":
        raise
    raise BadInput("an environment needs gymnasium; install it with: pip install 'ml-windtunnel[env]'") from None
from simulator.environment.controls import Controls
from simulator.environment.pilots import Agent, First, pilot

__all__ = ["Agent", "Controls", "Environment", "First", "Flat", "pilot"]
