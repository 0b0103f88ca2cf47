"""The chat: says each argument, and prints what it hears until it has heard as many messages as asked for."""
import socket
import sys

client = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
for text in sys.argv[3:]:
    client.send(text.encode("utf-8"))
heard = b""
while heard.count(b"\n") < int(sys.argv[2]):
    heard += client.recv(1024)
sys.stdout.buffer.write(heard)
client.close()
