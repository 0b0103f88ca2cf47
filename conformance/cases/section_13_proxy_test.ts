import { assert, assertEquals } from "@std/assert";
import { framing } from "../../protocol/framing/mod.ts";
import { listen } from "../../protocol/transport/mod.ts";
import { CERT, KEY } from "../../protocol/transport/testdata/mod.ts";
import type { CaseResult } from "../campaign/result.ts";
import { runConformance } from "../run_conformance.ts";
import { echo, type TestServer, testServer, UNHURRIED } from "../testing.ts";
import { PROXIED } from "./section_13_proxy.ts";

/** Whether edges can be proven here; elsewhere the same runs assume them. */
const PROVES = Deno.build.os === "linux";
const IDS = PROXIED.map(({ id }) => id);

const ofProxy = (cases: readonly CaseResult[]) => cases.filter(({ id }) => IDS.includes(id));

Deno.test("right servers of every kind of framing pass behind the proxy, edges proven", async () => {
  for (const spec of ["u32be", "u8", "varint", "line", "delim:0d0a", "netstring", "slip"]) {
    await using server = await testServer("tcp://127.0.0.1:0", spec, echo);
    const { cases } = await runConformance(server.endpoint, {
      ...UNHURRIED,
      framing: spec,
      expect: "echo",
      maxFrame: 65_536,
      cases: ["13.*"],
      exclude: spec === "u32be" ? [] : ["13.3", "13.4"],
      seed: 1,
    });
    for (const { id, verdict, edges, detail, deliveries } of ofProxy(cases)) {
      assertEquals(verdict, "PASS", `${spec} ${id}: ${detail}`);
      assert(deliveries.played > 0, `${spec} ${id}`);
      assert(/, [1-9]\d* bytes, hashes equal/.test(detail), detail);
      if (PROVES) assert(edges.proven > 0.9 * edges.requested, `${spec} ${id}: ${edges.proven}`);
    }
  }
});

Deno.test("right servers pass behind the proxy over TLS and Unix sockets", async () => {
  const folder = await Deno.makeTempDir();
  const unix = Deno.build.os === "windows" ? [] : [`unix://${folder}/s`];
  try {
    for (const place of ["tls://localhost:0", ...unix]) {
      await using server = await testServer(place, "u32be", echo, {
        tls: { cert: CERT, key: KEY },
      });
      const { cases } = await runConformance(server.endpoint.replace("127.0.0.1", "localhost"), {
        ...UNHURRIED,
        framing: "u32be",
        expect: "echo",
        cases: ["13.1", "13.5"],
        caCerts: [CERT],
        seed: 1,
      });
      const verdicts = ofProxy(cases).map(({ verdict }) => verdict);
      assertEquals(verdicts, ["PASS", "PASS"], place);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** A server that takes what one read gives for one frame. */
async function readIsFrame(): Promise<TestServer> {
  const listener = await listen("tcp://127.0.0.1:0");
  const encoder = framing("u32be").createEncoder();
  const serving = new Set<Promise<void>>();
  const serve = async (connection: Awaited<ReturnType<typeof listener.accept>>) => {
    const buffer = new Uint8Array(65_536);
    try {
      for (let count; connection && (count = await connection.read(buffer)) !== null;) {
        const answer = encoder.encode(buffer.slice(4, Math.max(4, count)));
        for (let at = 0; at < answer.length;) at += await connection.write(answer.subarray(at));
      }
    } catch {
      // The runner has closed.
    }
    connection?.close();
  };
  const accepting = (async () => {
    for await (const connection of listener.connections()) {
      const one = serve(connection).finally(() => serving.delete(one));
      serving.add(one);
    }
  })();
  return {
    endpoint: listener.endpoint,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      await Promise.all(serving);
    },
  };
}

for (const id of IDS) {
  Deno.test(`a server that takes a read for a frame fails ${id}, with cuts to repeat it without the proxy`, async () => {
    await using server = await readIsFrame();
    const options = { framing: "u32be", expect: "echo", seed: 1, timeoutMs: 1000 } as const;
    const { cases, exitCode } = await runConformance(server.endpoint, {
      ...UNHURRIED,
      ...options,
      cases: [id],
      shrinkMs: 500,
    });
    assertEquals(exitCode, 1);
    const [failed] = ofProxy(cases);
    assertEquals(failed?.verdict, "FAIL", failed?.detail);
    const found = failed?.counterexample;
    assert(found && found.cuts.length > 0, "it tells where to cut");
    assertEquals(cases.find((one) => one.id === "0.2")?.verdict, "PASS");
  });
}
