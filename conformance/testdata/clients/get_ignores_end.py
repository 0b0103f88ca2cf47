"""Naive: stops reading at the end of the stream as if it were the end of the body.

Seen in: curl before 2000 and many download tools: a connection that breaks off leaves a short file and exit code 0
Verdict: FAIL PHANTOM in 8.2: it tells of a body that it does not have.
"""

import socket
import sys

with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as connection:
    connection.sendall(b"GET\n")
    with connection.makefile("rb") as answer:
        length = 0
        while (line := answer.readline()) not in (b"", b"\r\n"):
            length = int(line.partition(b":")[2])
        answer.read(length)  # the mistake: it may return less
        print("stored", length, "bytes")
