import { assertEquals, assertThrows } from "@std/assert";
import { addressText, connectionOf } from "./connection.ts";

Deno.test("addressText() writes addresses as endpoints", () => {
  const net = (hostname: string): Deno.NetAddr => ({ transport: "tcp", hostname, port: 7000 });
  assertEquals(addressText(net("127.0.0.1"), "tcp"), "tcp://127.0.0.1:7000");
  assertEquals(addressText(net("::1"), "tls"), "tls://[::1]:7000");
  // How a listener on `::` shows clients that came over IPv4 (RFC 4291, 2.5.5.2).
  assertEquals(addressText(net("::ffff:192.0.2.7"), "tcp"), "tcp://192.0.2.7:7000");
  assertEquals(
    addressText({ transport: "unix", path: "/run/x.sock" }, "tcp"),
    "unix:///run/x.sock",
  );
  assertEquals(addressText({ transport: "unix", path: "" }, "tcp"), "unix:");
  assertEquals(addressText({ transport: "vsock", cid: 3, port: 5 }, "tcp"), "vsock:3:5");
});

Deno.test("connectionOf() does not mind that the owner closed the socket", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const [client, server] = await Promise.all([
    Deno.connect({ port: listener.addr.port }),
    listener.accept(),
  ]);
  const connection = connectionOf(client);
  assertEquals(connection.addresses?.local, client.localAddr);
  connection.setNoDelay?.(false);
  client.close();
  server.close();
  connection.setNoDelay?.();
  connection.close();

  const failing = connectionOf(Object.create(client, {
    close: {
      value: () => {
        throw new TypeError("something else");
      },
    },
  }));
  assertThrows(() => failing.close(), TypeError, "something else");
});
