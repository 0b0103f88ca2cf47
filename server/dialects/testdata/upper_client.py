"""The tutorial's first client: what is sent comes back in upper case."""
import socket
import sys

client = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
for text in sys.argv[2:]:
    client.send(text.encode("utf-8"))
    print(client.recv(1024).decode("utf-8"))
client.close()
