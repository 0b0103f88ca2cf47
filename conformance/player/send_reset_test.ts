import { assertEquals, assertRejects } from "@std/assert";
import { sendReset } from "./send_reset.ts";

Deno.test({
  name: "the kernel resets a connection of ours, and says so when there is none with these ports",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const [connection, accepted] = await Promise.all([
      Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }),
      listener.accept(),
    ]);
    using ours = connection, theirs = accepted;
    const { port } = ours.localAddr;
    assertEquals(sendReset(port, 1), false);
    assertEquals(sendReset(port, listener.addr.port), true);
    await assertRejects(() => theirs.read(new Uint8Array(1)), Deno.errors.ConnectionReset);
    assertEquals(sendReset(port, listener.addr.port), false);
  },
});
