"""Wrong: what one recv brings is taken for one line."""

import socket
import sys


def talk(connection):
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(b"hello\n")
    while line := connection.recv(4096):
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
