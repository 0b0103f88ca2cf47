"""A right HTTP/1.1 server in small: POST answers with the length of the body, connections are kept alive."""

from serve import Lines, serve


def handle(connection):
    lines = Lines(connection)
    while (request := lines.line()) is not None:
        length, close = 0, False
        while header := lines.line():
            name, _, value = header.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
            if name.lower() == b"connection":
                close = value.strip().lower() == b"close"
        body = lines.take(length)
        if header is None or body is None:
            return
        answer = b"%s %d" % (request.split(b" ")[1], len(body))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer))
        if close:
            return


serve(handle)
