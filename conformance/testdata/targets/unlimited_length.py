"""Naive: accepts any claimed length, allocates it up front and waits for it.

Seen in: SaaSy-Solutions/mockforge#751 (one header costs up to 4 GiB), netty/netty#16633 (no maximum)
Verdict: FAIL LEAK. A claim over the limit does not close the connection and costs its size in memory;
a frame one byte over the limit is echoed.
"""

from serve import read_exact, send_frame, serve

MACHINE_LIMIT = 256 * 1024 * 1024  # spares the machine that runs the tests; a real one has none


def echo(connection):
    while (header := read_exact(connection, 4)) is not None:
        length = min(int.from_bytes(header, "big"), MACHINE_LIMIT)  # the mistake: no LIMIT
        payload = bytearray(length)
        have = 0
        while have < length:
            part = connection.recv_into(memoryview(payload)[have:])
            if part == 0:
                return
            have += part
        send_frame(connection, payload)


serve(echo)
