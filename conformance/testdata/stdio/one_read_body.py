"""Naive: takes what one read returns as the whole message.

Seen in: microsoft/vscode-languageserver-node and many of its ports have to collect parts for this reason
Verdict: FAIL. A message that is cut inside its body is answered with its first part only.
"""

import os
import sys

sink = sys.stdout.buffer


def read_header():
    header = b""
    while not header.endswith(b"\r\n\r\n"):
        if not (byte := os.read(0, 1)) or len(header) > 4096:
            return None
        header += byte
    return header


while (header := read_header()) is not None:
    value = header.partition(b":")[2].strip()
    if not value.isdigit() or int(value) > 65536:
        break
    length = int(value)
    body = os.read(0, length) if length else b""  # the mistake: it may be less
    sink.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    sink.flush()
