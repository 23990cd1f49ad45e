"""A worker for manyhands, and what a kernel in Python is written with."""

from .declaration import Choice, Flag, Kernel, Number, Value
from .random_numbers import uniform

__all__ = ["Choice", "Flag", "Kernel", "Number", "Value", "uniform"]
