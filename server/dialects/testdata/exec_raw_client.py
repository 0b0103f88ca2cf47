"""The "ssh case", first try: one recv is taken for the whole output."""
import socket
import sys

client = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
for command in sys.argv[2:]:
    client.send(command.encode("utf-8"))
    print(client.recv(1024).decode("utf-8"))
client.send(b"exit")
client.close()
