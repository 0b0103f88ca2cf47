"""Right: dials again and again, echoes one u32be frame and closes, as clients of HTTP/1.0 do.

Verdict: PASS. That it closes is no matter of framing.
"""

from dial import LIMIT, again_and_again, read_exact


def echo(connection):
    header = read_exact(connection, 4)
    if header is None or (length := int.from_bytes(header, "big")) > LIMIT:
        return
    payload = read_exact(connection, length)
    if payload is not None:
        connection.sendall(header + payload)


again_and_again(echo)
