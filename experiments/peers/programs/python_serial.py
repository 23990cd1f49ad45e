"""Pure Python: one process, no library."""

from job import Clock, arguments, axes
from plain import rows

_, size = arguments()
clock = Clock()
y, x = axes(size)
clock.ready()
result = rows(y, x)
clock.done()
clock.tell(sum(result))
