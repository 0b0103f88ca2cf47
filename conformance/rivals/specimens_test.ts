import { assert, assertEquals, assertThrows } from "@std/assert";
import { SPECIMENS } from "../zoo/zoo.ts";
import { UNSEEN } from "./decoder_mutants.ts";
import { MutantHost } from "./mutant_server.ts";
import { MUTANTS, RIGHT, specimenNamed } from "./specimens.ts";

Deno.test("at least 60 servers, each with a name of its own", () => {
  assert(MUTANTS.length >= 60, `${MUTANTS.length}`);
  assert(MUTANTS.filter(({ kind }) => kind === "server").length >= 15);
  const names = [...MUTANTS, ...RIGHT].map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
  for (const { copies, flaw, name } of MUTANTS) assert(copies !== "" && flaw !== "", name);
});

Deno.test("every decoder mutant is served, or left out for a reason", () => {
  const served = MUTANTS.filter(({ kind }) => kind === "decoder").map(({ name }) => name);
  const known = SPECIMENS.map(({ name }) => name);
  assertEquals([...served, ...Object.keys(UNSEEN)].sort(), known.sort());
});

Deno.test("a server that is not there is told", () => {
  assertThrows(() => specimenNamed("nobody"), RangeError, "nobody");
});

/** Sends a frame on a new connection and gives what comes back until the server closes. */
async function echoOf(endpoint: string, bytes: Uint8Array): Promise<Uint8Array> {
  const { hostname, port } = new URL(endpoint.replace("tcp:", "http:"));
  using socket = await Deno.connect({ hostname, port: Number(port) });
  await socket.write(bytes);
  await socket.closeWrite();
  return new Uint8Array(await new Response(socket.readable).arrayBuffer());
}

Deno.test("a host serves one after the other, and is replaced when one crashed it", async () => {
  await using host = new MutantHost();
  const frame = Uint8Array.of(0, 0, 0, 2, 104, 105);
  const right = RIGHT.find(({ spec }) => spec === "u32be");
  assert(right !== undefined);
  let pid: number;
  {
    await using server = await host.start(right);
    pid = server.pid;
    assertEquals(await echoOf(server.endpoint, frame), frame);
  }
  {
    await using server = await host.start(specimenNamed("crash-on-truncation"));
    assertEquals(server.pid, pid);
    assertEquals(await echoOf(server.endpoint, frame), frame);
    await echoOf(server.endpoint, frame.subarray(0, 5)).catch(() => {});
  }
  {
    await using server = await host.start(right);
    assert(server.pid !== pid);
    assertEquals(await echoOf(server.endpoint, frame), frame);
  }
});
