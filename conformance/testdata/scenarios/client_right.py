"""A right client: dials again and again, greets, answers each line with its length until it hears bye."""

import socket
import sys


def talk(connection):
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(b"hello\n")
    with connection.makefile("rb") as lines:
        for line in lines:
            if not line.endswith(b"\n"):
                return
            connection.sendall(b"got %d\n" % (len(line) - 1))
            if line == b"bye\n":
                return


while True:
    try:
        with socket.create_connection((sys.argv[2], int(sys.argv[1]))) as connection:
            talk(connection)
    except ConnectionRefusedError:
        break
    except OSError:
        pass
