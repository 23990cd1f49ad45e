"""Whether a job asks for what its kernel declares."""

from __future__ import annotations

from .declaration import Choice, Flag, Input, Kernel, Number, Scalar
from .errors import InvalidInputError
from .job import Spec, axis_inputs, fixed_inputs


def check_spec(spec: Spec, kernel: Kernel) -> None:
    """Raises InvalidInputError."""
    known = ", ".join(kernel.inputs)
    swept = axis_inputs(spec, kernel)
    fixed = fixed_inputs(spec, kernel)
    for name in (*swept, *fixed):
        if name not in kernel.inputs:
            raise InvalidInputError("inputs", f"those of {kernel.name} ({known})", name)
    if len(set(swept)) < len(swept):
        raise InvalidInputError("axes", "another input for each", ", ".join(swept))
    for name in kernel.inputs:
        if name not in swept and name not in fixed:
            raise InvalidInputError(name, "given", "nothing")
    for name, value in fixed.items():
        check_input(name, kernel.inputs[name], value)
    for name, axis in zip(swept, spec.axes, strict=True):
        # A range's extremes lie at its ends.
        ends = axis.points if axis.rule == "list" else (axis.start,)
        for point in ends:
            check_input(name, kernel.inputs[name], point)
    if len(spec.chunk_shape) != len(spec.axes):
        raise InvalidInputError("chunkShape", f"{len(spec.axes)} numbers, one for each axis", spec.chunk_shape)
    names = [name for name, _ in spec.values]
    if names != list(kernel.values) and not (names == [None] and len(kernel.values) == 1):
        raise InvalidInputError("values", f"those of {kernel.name} ({', '.join(kernel.values)})", names)
    for (_, dtype), (name, declared) in zip(spec.values, kernel.values.items(), strict=True):
        allowed = ("uint16", "uint32") if declared.counts_to else declared.dtypes
        if dtype not in allowed:
            raise InvalidInputError("dtype", f"{' or '.join(allowed)} for {name}", dtype)


def check_input(name: str, declared: Input, value: Scalar) -> None:
    """Raises InvalidInputError."""
    if isinstance(declared, Flag):
        if not isinstance(value, bool):
            raise InvalidInputError(name, "true or false", value)
    elif isinstance(declared, Choice):
        if value not in declared.choices:
            raise InvalidInputError(name, f"one of {', '.join(declared.choices)}", value)
    else:
        _check_number(name, declared, value)


def _check_number(name: str, declared: Number, value: Scalar) -> None:
    if isinstance(value, (str, bool)):
        raise InvalidInputError(name, "a number", value)
    if declared.integer and value != int(value):
        raise InvalidInputError(name, "a whole number", value)
    if declared.minimum is not None and value < declared.minimum:
        raise InvalidInputError(name, f"at least {declared.minimum}", value)
    if declared.maximum is not None and value > declared.maximum:
        raise InvalidInputError(name, f"at most {declared.maximum}", value)
