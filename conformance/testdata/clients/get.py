"""Right: asks once, prints the body of the answer, and complains when the answer is cut off.

Usage of every get*: CLIENT HOST PORT

    Content-Length: 5\r\n\r\nhello
Verdict: PASS
"""

import socket
import sys

with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as connection:
    connection.sendall(b"GET\n")
    with connection.makefile("rb") as answer:
        length = None
        while (line := answer.readline()) not in (b"", b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not line or length is None:
            sys.exit("the header is cut off")
        body = answer.read(length)
        if len(body) < length:
            sys.exit("the body is cut off")
        print(body.decode())
