"""Right: echoes messages with a Content-Length header over stdin and stdout, as language servers get them.

    Content-Length: 5\r\n\r\nhello
Verdict: PASS
"""

import sys

LIMIT = 65536  # bytes of a message
MOST_HEADER = 4096

source, sink = sys.stdin.buffer, sys.stdout.buffer


def read_length():
    """The length of the next message; None at the end of the input or when there is none."""
    length = None
    left = MOST_HEADER
    while (line := source.readline(left)) not in (b"", b"\r\n"):
        left -= len(line)
        name, _, value = line.partition(b":")
        if not line.endswith(b"\r\n") or left <= 0:
            return None
        if name.lower() == b"content-length":
            if length is not None or not value.strip().isdigit():
                return None
            length = int(value)
    return length if line else None


while (length := read_length()) is not None and length <= LIMIT:
    body = source.read(length)
    if len(body) < length:
        break
    sink.write(b"Content-Length: %d\r\n\r\n%b" % (length, body))
    sink.flush()
