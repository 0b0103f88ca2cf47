"""The tutorial's socketserver client: a greeting, then an answer to each name, until exit."""
import socket
import sys

client = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
print(client.recv(1024).decode("utf-8"))
for name in sys.argv[2:]:
    client.send(name.encode("utf-8"))
    print(client.recv(1024).decode("utf-8"))
client.send(b"exit")
assert client.recv(1024) == b""
client.close()
