"""Runs a command in a pseudo-terminal of 100 columns: what is read here is typed there, what it draws is written here.

    python3 terminal.py <command> [argument...]

Exits with the command's exit code.
"""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios

size = struct.pack("HHHH", 30, 100, 0, 0)
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, size)
    os.execvp(sys.argv[1], sys.argv[1:])

signal.signal(signal.SIGTERM, lambda *_: os.kill(pid, signal.SIGTERM))
open_fds = [0, terminal]
while terminal in open_fds:
    for ready in select.select(open_fds, [], [])[0]:
        try:
            data = os.read(ready, 65536)
        except OSError:  # the command has closed its side
            data = b""
        if not data:
            open_fds.remove(ready)
        elif ready == 0:
            os.write(terminal, data)
        else:
            os.write(1, data)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
