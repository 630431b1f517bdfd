"""Walks everything that can be reached from an object, as a curious pilot could: attributes, slots, items, closures."""

from __future__ import annotations

import gc
import types
from collections.abc import Iterator

import numpy as np

# Code is not walked: whoever runs in this process can import the world anyway. It must not be handed over.
_CODE = (type, types.ModuleType, types.BuiltinFunctionType, types.CodeType, str, bytes, int, float, bool, type(None))


def reachable(root: object) -> list[object]:
    """List all objects that can be reached from *root*, itself included."""
    seen: dict[int, object] = {}
    todo = [root]
    while todo:
        thing = todo.pop()
        if id(thing) in seen or isinstance(thing, _CODE):
            continue
        seen[id(thing)] = thing
        todo.extend(_next(thing))
    return list(seen.values())


def arrays(root: object) -> list[np.ndarray]:
    """List all arrays that can be reached from *root*, and those whose memory they borrow."""
    return [thing for thing in reachable(root) if isinstance(thing, np.ndarray)]


def _next(thing: object) -> Iterator[object]:
    if isinstance(thing, np.ndarray):
        yield thing.base
        if thing.dtype == object:
            yield from thing.ravel().tolist()
    elif isinstance(thing, types.FunctionType):
        yield from (cell.cell_contents for cell in thing.__closure__ or ())
        yield from (thing.__defaults__ or (), thing.__kwdefaults__, thing.__dict__)
    elif isinstance(thing, memoryview):
        yield thing.obj
    elif isinstance(thing, types.GeneratorType):
        yield from thing.gi_frame.f_locals.values() if thing.gi_frame else ()
    else:
        yield from getattr(thing, "__dict__", {}).values()
        yield from _slots(thing)
        yield from gc.get_referents(thing)


def _slots(thing: object) -> Iterator[object]:
    for owner in type(thing).__mro__:
        for name in getattr(owner, "__slots__", ()):
            yield getattr(thing, name, None)
