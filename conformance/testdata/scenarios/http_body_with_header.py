"""Wrong: the body is what stood behind the header in the same recv."""

from serve import serve


def handle(connection):
    data = b""
    while part := connection.recv(65536):
        data += part
        if b"\r\n\r\n" not in data:
            continue
        head, _, body = data.partition(b"\r\n\r\n")
        data = b""
        length = 0
        for header in head.split(b"\r\n")[1:]:
            name, _, value = header.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        body = body[:length]
        answer = b"%s %d" % (head.split(b" ")[1], len(body))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer))
        if b"connection: close" in head.lower():
            return


serve(handle)
