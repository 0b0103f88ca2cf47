"""Does what systemd does for Accept=yes with StandardInput=socket: listens, says where, accepts one connection, and becomes the program
with it as standard input and output.

    python3 accept_socket.py PROGRAM ARGS...
"""

import os
import socket
import sys

listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
print(f"accepting {listener.getsockname()[1]}", file=sys.stderr, flush=True)
connection, _ = listener.accept()
os.dup2(connection.fileno(), 0)
os.dup2(connection.fileno(), 1)
os.execvp(sys.argv[1], sys.argv[1:])
