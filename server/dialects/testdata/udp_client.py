"""The tutorials' UDP client: each datagram is answered with one."""
import socket
import sys

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(20)
for data in sys.argv[2:]:
    client.sendto(data.encode("utf-8"), ("127.0.0.1", int(sys.argv[1])))
    print(client.recv(65535).decode("utf-8"))
client.close()
