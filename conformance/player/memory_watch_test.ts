import { assert, assertEquals } from "@std/assert";
import { openEdgeProbe } from "../edge/edge_probe.ts";
import { watchMemory } from "./memory_watch.ts";
import { growth } from "./process_memory.ts";
import { SocketOwners } from "./socket_owner.ts";

const ignore = Deno.build.os !== "linux";
const MEBIBYTE = 1024 * 1024;

/** A program that listens, and touches 64 MiB for each byte that it reads. */
const HUNGRY = `
import socket
with socket.create_server(("127.0.0.1", 0)) as listener:
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, peer = listener.accept()
        while connection.recv(1):
            taken = bytearray(b"x" * (64 << 20))
            del taken
            connection.sendall(b"!")
`;

Deno.test({
  name:
    "the process of any local target is found by its socket, and its peak is measured each time",
  ignore,
  async fn() {
    const child = new Deno.Command("python3", {
      args: ["-c", HUNGRY],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const output = child.stdout.getReader();
    try {
      const port = Number(new TextDecoder().decode((await output.read()).value));
      using socket = await Deno.connect({ hostname: "127.0.0.1", port });
      using probe = openEdgeProbe();
      const edge = probe.watch({ local: socket.localAddr, remote: socket.remoteAddr });
      const answer = new Uint8Array(1);
      const ask = async () => {
        await socket.write(answer);
        await socket.read(answer);
      };
      await ask();
      const pid = new SocketOwners().find(edge.targetInode);
      assertEquals(pid, child.pid);
      for (let i = 0; i < 2; i++) {
        const grown = watchMemory(pid);
        await ask();
        const bytes = grown() ?? 0;
        assert(bytes > 48 * MEBIBYTE, `round ${i}: it grew by ${bytes} bytes`);
      }
      const idle = watchMemory(child.pid);
      assert((idle() ?? Infinity) < 16 * MEBIBYTE, "an idle process does not grow");
    } finally {
      child.kill("SIGKILL");
      await child.status;
      await output.cancel();
    }
  },
});

Deno.test({
  name: "our own process is found, but not measured",
  ignore,
  async fn() {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    using ours = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
    using _theirs = await listener.accept();
    using probe = openEdgeProbe();
    const edge = probe.watch({ local: ours.localAddr, remote: ours.remoteAddr });
    assertEquals(new SocketOwners().find(edge.targetInode), Deno.pid);
    assertEquals([watchMemory(Deno.pid)(), watchMemory(undefined)()], [undefined, undefined]);
  },
});

Deno.test("a socket that nobody holds has no process", () => {
  assertEquals(new SocketOwners().find(0), undefined);
  assertEquals(new SocketOwners().find(1), undefined);
});

Deno.test("growth is what was kept, and what was given back if the peak was reset or is new", () => {
  const before = { now: 10, peak: 50 };
  assertEquals(growth(before, { now: 12, peak: 40 }, true), 30);
  assertEquals(growth(before, { now: 12, peak: 50 }), 2);
  assertEquals(growth(before, { now: 5, peak: 50 }), 0);
});
