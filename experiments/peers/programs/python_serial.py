"""Pure Python: one process, no library."""

from job import measure
from plain import rows

measure(rows)
