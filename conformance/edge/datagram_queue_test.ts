import { assertEquals } from "@std/assert";
import { DatagramQueue } from "./datagram_queue.ts";
import { lookUntil } from "./patience.ts";
import { parseProcNetUdp } from "./proc_net_udp.ts";

const ignore = Deno.build.os !== "linux";

Deno.test("lines of /proc/net/udp and udp6 are read, others are left out", () => {
  const text =
    "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n" +
    "  189: 0100007F:1B58 00000000:0000 07 00000000:00000300 00:00000000 00000000  1000        0 31048 2 0000000000000000 5\n" +
    "  190: 00000000000000000000000001000000:1B59 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 7 2 0000000000000000 0\n";
  assertEquals(parseProcNetUdp(text), [
    { port: 7000, unread: 0x300, inode: 31048, drops: 5 },
    { port: 7001, unread: 0, inode: 7, drops: 0 },
  ]);
});

Deno.test(
  "what is not read waits, then it is read; what finds no room is dropped",
  { ignore },
  async () => {
    const target = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
    const ours = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
    const { addr } = target;
    if (addr.transport !== "udp") throw new Error("It is no UDP socket");
    const queue = DatagramQueue.open(addr.port);
    try {
      const fate = queue.begin([]);
      assertEquals([queue.isBound, fate()], [true, "read"]);
      await ours.send(new Uint8Array(0), addr);
      assertEquals(await lookUntil(() => fate() === "waiting" || undefined, 5000), true);
      await target.receive(new Uint8Array(10));
      assertEquals(await lookUntil(() => fate() === "read" || undefined, 5000), true);
      for (let i = 0; i < 2000 && fate() !== "dropped"; i++) {
        await ours.send(
          new Uint8Array(9000),
          addr,
        );
      }
      assertEquals(fate(), "dropped");
      target.close();
      assertEquals(await lookUntil(() => fate() === "gone" || undefined, 5000), true);
    } finally {
      ours.close();
      queue[Symbol.dispose]();
    }
  },
);
