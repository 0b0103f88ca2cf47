"""Naive: takes what one recv(1024) returns as the whole answer.

Seen in: the first socket program of many tutorials
Verdict: FAIL. Cut anywhere, the rest is missing.
"""

import socket
import sys

with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as connection:
    connection.sendall(b"GET\n")
    answer = connection.recv(1024)  # the mistake: it may be only the beginning
    print(answer.partition(b"\r\n\r\n")[2].decode())
