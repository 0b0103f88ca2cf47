"""The same over a Unix datagram socket, which must be bound to hear an answer."""
import socket
import sys

client = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
client.settimeout(20)
client.bind(sys.argv[1] + ".client")
for data in sys.argv[2:]:
    client.sendto(data.encode("utf-8"), sys.argv[1])
    print(client.recv(65535).decode("utf-8"))
client.close()
