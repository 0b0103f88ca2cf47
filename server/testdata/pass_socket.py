"""Does what systemd does for socket activation: opens a socket that listens, leaves it open as number 3, says so in LISTEN_FDS and
LISTEN_PID (sd_listen_fds(3)), and becomes the program.

    python3 pass_socket.py tcp://ADDRESS|unix:PATH PROGRAM ARGS...
"""

import os
import socket
import sys

place, *command = sys.argv[1:]
scheme, _, where = place.partition(":")
if scheme == "unix":
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(where)
else:
    listener = socket.socket()
    listener.bind((where[2:], 0))
listener.listen(64)
os.dup2(listener.fileno(), 3)
os.set_inheritable(3, True)
if listener.fileno() != 3:
    listener.close()
os.environ["LISTEN_FDS"] = "1"
os.environ["LISTEN_PID"] = str(os.getpid())
os.execvp(command[0], command)
