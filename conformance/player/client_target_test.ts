import { assert, assertEquals, assertRejects } from "@std/assert";
import { connect, type Connection, parseEndpoint } from "../../protocol/transport/mod.ts";
import { CERT, KEY } from "../../protocol/transport/testdata/mod.ts";
import { openEdgeProbe } from "../edge/edge_probe.ts";
import { ClientTarget } from "./client_target.ts";
import { type TargetConnection, TargetStartError } from "./target.ts";

const LINUX = Deno.build.os === "linux";
const DEADLINE_MS = 20_000;

type Options = Parameters<typeof ClientTarget.start>[0];

function endpointOf(text: string): Options["endpoint"] {
  const endpoint = parseEndpoint(text);
  const { scheme } = endpoint;
  assert(scheme !== "stdio" && scheme !== "memory" && scheme !== "quic" && scheme !== "fd");
  return endpoint;
}

/** A target whose client is this program. */
function spawned(program: string, startTimeoutMs = DEADLINE_MS): Promise<ClientTarget> {
  return ClientTarget.start({
    endpoint: endpointOf("tcp://127.0.0.1:0"),
    spawn: [Deno.execPath(), "eval", program, "{host}", "{port}"],
    startTimeoutMs,
  });
}

const DIAL = `const dial = () =>
  Deno.connect({ hostname: Deno.args[0], port: Number(Deno.args[1]) });`;
/** Echoes one read on each connection, then closes it. */
const ECHO_ONCE = `${DIAL}
  const echo = async () => {
    using connection = await dial();
    const buffer = new Uint8Array(64);
    const count = await connection.read(buffer);
    if (count !== null) await connection.write(buffer.subarray(0, count));
  };`;

async function roundTrip(connection: TargetConnection): Promise<void> {
  await connection.write(Uint8Array.of(1, 2, 3));
  assertEquals(await connection.read(new Uint8Array(8)), 3);
  assertEquals(await connection.read(new Uint8Array(8)), null);
  connection.close();
}

for (
  const [name, program] of [
    ["dials again and again", "for (;;) await echo().catch(() => Deno.exit(0));"],
    ["dials once and exits", "await echo();"],
    ["dials once and stays", "await echo(); setTimeout(() => {}, 60_000);"],
  ] as const
) {
  Deno.test(`a client that ${name} has as many connections as we want`, async () => {
    await using target = await spawned(ECHO_ONCE + program);
    for (let i = 0; i < 4; i++) await roundTrip(await target.connect());
    assertEquals([target.end, target.restarts], [undefined, 0]);
  });
}

Deno.test("a client that has one connection is started once more for a second one", async () => {
  await using target = await spawned(`${ECHO_ONCE} await echo();`);
  const both = [await target.connect(), await target.connect()];
  for (const connection of both) await roundTrip(connection);
});

Deno.test({
  name: "a client that a signal ends has crashed, and is started again",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using target = await spawned(
      `${DIAL} using c = await dial(); await c.read(new Uint8Array(1)); Deno.kill(Deno.pid, "SIGABRT");`,
    );
    const connection = await target.connect();
    await connection.write(Uint8Array.of(1));
    await connection.read(new Uint8Array(1)).catch(() => null);
    connection.close();
    for (const started = performance.now(); target.end === undefined;) {
      assert(performance.now() - started < DEADLINE_MS);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assertEquals(target.end, { code: null, signal: "SIGABRT" });
    await target.restart();
    assertEquals([target.end, target.restarts], [undefined, 1]);
    (await target.connect()).close();
  },
});

Deno.test("a client that does not dial is told, and ended", async () => {
  await assertRejects(
    () => spawned("setTimeout(() => {}, 60_000)", 500),
    TargetStartError,
    "does not dial tcp://127.0.0.1:",
  );
  await assertRejects(
    () => spawned("console.error('no luck'); Deno.exit(3)"),
    TargetStartError,
    "ended (exit code 3) and did not dial",
  );
});

/** Starts a target that this process dials, and gives its ends to `test`. */
async function byHand(
  url: string,
  test: (accepted: TargetConnection, dialled: Connection, target: ClientTarget) => Promise<void>,
): Promise<void> {
  const { promise: place, resolve: onWaiting } = Promise.withResolvers<string>();
  const starting = ClientTarget.start({
    endpoint: endpointOf(url),
    startTimeoutMs: DEADLINE_MS,
    certificate: { cert: CERT, key: KEY },
    onWaiting,
  });
  const dialled = await connect(await place, { tls: { caCerts: [CERT] } });
  await using target = await starting;
  const accepted = await target.connect(true);
  try {
    await test(accepted, dialled, target);
  } finally {
    accepted.close();
    dialled.close();
  }
}

Deno.test("a client that somebody else starts is waited for", async () => {
  await byHand("tcp://127.0.0.1:0", async (accepted, dialled, target) => {
    assertEquals([target.pid, target.end, target.stderrTail], [undefined, undefined, ""]);
    await dialled.write(Uint8Array.of(7));
    assertEquals(await accepted.read(new Uint8Array(4)), 1);
  });
  await assertRejects(
    () => ClientTarget.start({ endpoint: endpointOf("tcp://127.0.0.1:0"), startTimeoutMs: 50 }),
    TargetStartError,
    "did not dial",
  );
});

Deno.test({
  name: "RST is sent over accepted connections",
  ignore: !LINUX,
  async fn() {
    await byHand("tcp://127.0.0.1:0", async (accepted, dialled) => {
      const reading = assertRejects(
        () => dialled.read(new Uint8Array(1)),
        Deno.errors.ConnectionReset,
      );
      assert(accepted.reset);
      accepted.reset();
      await reading;
    });
  },
});

for (const kind of ["tcp", "tls", "unix"]) {
  Deno.test({
    name: `edges of an accepted connection are proven: ${kind}`,
    ignore: !LINUX,
    async fn() {
      const folder = await Deno.makeTempDir();
      const url = kind === "unix" ? `unix://${folder}/c.sock` : `${kind}://localhost:0`;
      try {
        await byHand(url, async (accepted, dialled) => {
          // The handshake of TLS is made by the first bytes.
          await Promise.all([dialled.write(Uint8Array.of(1)), accepted.read(new Uint8Array(4))]);
          accepted.setNoDelay?.();
          using probe = openEdgeProbe();
          const edge = probe.watch(accepted.addresses);
          assertEquals([edge.method, edge.reason], ["sock_diag", ""]);
          await accepted.write(Uint8Array.of(1, 2));
          assertEquals(await edge.settled({ deadlineMs: 20 }), "timeout");
          for (let i = 0; i < 20; i++) {
            const reading = dialled.read(new Uint8Array(64));
            if (i > 0) await accepted.write(Uint8Array.of(1, 2));
            const settled = edge.settled({ deadlineMs: DEADLINE_MS });
            assertEquals([await reading, await settled], [2, "proven"]);
          }
        });
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}
