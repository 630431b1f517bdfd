"""Teaches numba the world: rows behind bare pointers, so that a function takes one word instead of two dozen arrays.

Imported by `compiled` alone, because it imports numba.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import from_dtype, types
from numba.extending import intrinsic, models, overload, overload_attribute, register_model

from simulator.serving.kernel import records
from simulator.serving.kernel.records import World

__all__ = ["RowsType", "WorldType", "addresses", "as_world", "row_of", "teach"]

_ROWS = {
    "sim": records.SIM,
    "client": records.CLIENT,
    "doors": records.DOOR,
    "stages": records.STAGE,
    "replicas": records.REPLICA,
    "lines": records.LINE,
    "jobs": records.JOB,
    "calls": records.CALL,
    "heap": records.HEAP,
    "lane": records.HEAP,
    "nodes": records.NODE,
    "visits": records.VISIT,
}
_WHOLE = ("victims", "where", "up", "klass", "route", "tries", "ended")


class WorldType(types.Type):
    """A pointer to the addresses of the columns."""

    def __init__(self) -> None:
        super().__init__(name="WindtunnelWorld")


class RowsType(types.Type):
    """A pointer to records of one kind; indexing gives the record itself, not a copy."""

    def __init__(self, name: str, record: Any) -> None:
        self.record = record
        super().__init__(name=f"WindtunnelRows({name})")


register_model(WorldType)(models.OpaqueModel)
register_model(RowsType)(models.OpaqueModel)


def addresses(world: World) -> Any:
    """Return where the columns of *world* lie: what the compiled loop is given."""
    return np.array([column.ctypes.data for column in world], dtype=np.int64)


@intrinsic
def as_world(_context: Any, table: Any) -> Any:
    """Take an array of addresses for a world."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, args[0])
        return builder.bitcast(array.data, context.get_value_type(signature.return_type))

    return WorldType()(table), generate


@intrinsic
def row_of(_context: Any, rows: Any, index: Any) -> Any:
    """Return the record at *index*."""
    record = rows.record

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        offset = builder.mul(args[1], ir.Constant(args[1].type, record.size))
        return builder.bitcast(builder.gep(args[0], [offset]), context.get_value_type(record))

    return record(rows, types.int64), generate


def teach() -> None:
    """Teach numba to index rows and to find the columns of a world by name."""

    @overload(operator.getitem)
    def get(rows, index):  # type: ignore[no-untyped-def]  # numba compares the names, annotations and all
        if isinstance(rows, RowsType):
            return lambda rows, index: row_of(rows, index)  # type: ignore[call-arg]
        return None

    for place, name in enumerate(World._fields):
        overload_attribute(WorldType, name)(_reader(_column(place, name)))


def _reader(column: Any) -> Callable[[Any], Any]:
    return lambda w: lambda w: column(w)


def _column(place: int, name: str) -> Any:
    if name in _ROWS:
        fields = np.dtype(list(_ROWS[name].items()), align=True)
        kind: Any = RowsType(name, from_dtype(fields))
    else:
        kind = types.CPointer(types.int64 if name in _WHOLE else types.float64)

    @intrinsic
    def column(_context: Any, w: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            table = builder.bitcast(args[0], ir.IntType(64).as_pointer())
            address = builder.load(builder.gep(table, [ir.Constant(ir.IntType(64), place)]))
            return builder.inttoptr(address, context.get_value_type(signature.return_type))

        return kind(w), generate

    return column
