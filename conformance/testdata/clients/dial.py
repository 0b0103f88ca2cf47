"""What the Python clients that echo share: they dial, and give the connection to a function.

Not a client. Usage of every client: python3 CLIENT.py HOST PORT, or python3 CLIENT.py PATH (Unix).

    u32be:  | length (4, big-endian) | payload (length bytes, at most LIMIT) |
"""

import socket
import sys

LIMIT = 65536  # bytes of payload


def dial():
    """A connection to the place that the command line tells."""
    if len(sys.argv) == 2:
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(sys.argv[1])
        return connection
    connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def read_exact(connection, size):
    """The next `size` bytes, however they were cut; None when the stream ends before."""
    data = bytearray()
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            return None
        data += part
    return bytes(data)


def once(handle):
    """Dials once; a reset ends the connection only."""
    with dial() as connection:
        try:
            handle(connection)
        except OSError:
            pass


def again_and_again(handle):
    """Dials again after each connection, until nobody listens."""
    while True:
        try:
            once(handle)
        except OSError:
            return
