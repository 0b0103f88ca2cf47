"""What the tutorials' servers share: a port that the system chooses, told on stdout, and one connection after the other."""
import socket


def connections():
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("127.0.0.1", 0))
    server.listen(5)
    print(server.getsockname()[1], flush=True)
    while True:
        connection, _ = server.accept()
        yield connection
        connection.close()
