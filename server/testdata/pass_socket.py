"""Does what systemd does for socket activation: opens a socket that listens, leaves it open as number 3, says so in LISTEN_FDS and
LISTEN_PID (sd_listen_fds(3)), and becomes the program.

    python3 pass_socket.py [--when-called] tcp://ADDRESS|unix:PATH PROGRAM ARGS...

With --when-called it says on standard error where it waits, and becomes the program only when somebody connects.
"""

import os
import select
import socket
import sys

when_called = sys.argv[1] == "--when-called"
place, *command = sys.argv[2 if when_called else 1 :]
scheme, _, where = place.partition(":")
if scheme == "unix":
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(where)
else:
    listener = socket.socket()
    listener.bind((where[2:], 0))
listener.listen(64)
if when_called:
    name = listener.getsockname()
    print(f"waiting at {name if scheme == 'unix' else name[1]}", file=sys.stderr, flush=True)
    select.select([listener], [], [])
os.dup2(listener.fileno(), 3)
os.set_inheritable(3, True)
if listener.fileno() != 3:
    listener.close()
os.environ["LISTEN_FDS"] = "1"
os.environ["LISTEN_PID"] = str(os.getpid())
os.execvp(command[0], command)
