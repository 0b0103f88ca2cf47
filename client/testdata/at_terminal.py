"""Runs a program at a terminal of its own, and passes on what it prints there.

    python3 at_terminal.py PROGRAM ARGS...
"""

import os
import pty
import sys

child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
while True:
    try:
        printed = os.read(terminal, 65536)
    except OSError:  # the program has ended
        break
    if not printed:
        break
    os.write(1, printed)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
