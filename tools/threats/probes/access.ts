/**
 * S14, S15, S18, S19, S22, S24: who reaches what.
 * @module
 */
import { becomes, read } from "../attack.ts";
import { projectPath } from "../../project.ts";
import type { Probe } from "../target.ts";

/** So many answers to answers are a loop. */
const LOOP = 50;

/** S14: asked to listen for everybody, in a sandbox that does not let it. */
export const openToAll: Probe = async (target) => {
  await using server = await target.launch({ hostname: "0.0.0.0" }, ["--deny-net=0.0.0.0"]);
  await server.ended();
  if (/Requires net access to "0\.0\.0\.0/.test(server.said)) {
    return { safe: false, says: "would run commands for everybody on the network" };
  }
  return /would let anybody/.test(server.said)
    ? { safe: true, says: "refuses to start, and says which options it needs" }
    : { safe: false, says: "says nothing of what it opens" };
};

/** S15 */
export const secretShown: Probe = async (target) => {
  const password = "correct horse battery staple";
  await using served = await target.serve({ password });
  const shown = await served.process.commandLine() + served.process.said;
  return shown.includes(password)
    ? { safe: false, says: "shows its password in `ps` and in its log" }
    : { safe: true, says: "has it from a file, and shows it nowhere" };
};

/** S18 */
export const datagramLoop: Probe = async (target) => {
  await using served = await target.serve();
  const other = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  let rounds = 0;
  const echoing = (async () => {
    for await (const [bytes, from] of other) {
      if (++rounds <= LOOP) await other.send(bytes, from);
    }
  })();
  const to = { transport: "udp", hostname: "127.0.0.1", port: served.port("udp") } as const;
  await other.send(new TextEncoder().encode("ping"), to);
  const loops = await becomes(() => Promise.resolve(rounds > LOOP), 2000);
  other.close();
  await echoing;
  return loops
    ? { safe: false, says: "answers another echo server for ever" }
    : { safe: true, says: "falls silent when its own answer comes back" };
};

/** S19 */
export const allowList: Probe = (target) => {
  const enters = (address: string, allow: string[], deny: string[] = []) => {
    try {
      return target.mayEnter(address, allow, deny);
    } catch {
      return false;
    }
  };
  if (enters("192.168.10.9", ["192.168.1"]) || enters("192.168.1.77", ["192.168.1.7"])) {
    return found("`192.168.1.7` lets `192.168.1.77` in");
  }
  if (enters("::ffff:10.6.6.6", [], ["10.6.6.6"])) return found("`::ffff:` walks around a denial");
  if (enters("10.9.9.9", ["10.0.0.0/99"])) return found("takes a rule that means nothing");
  if (enters("10.128.0.0", ["10.0.0.0/9"])) return found("does not know where a network ends");
  const right = enters("10.127.255.255", ["10.0.0.0/9"]) &&
    enters("::ffff:10.1.1.1", ["10.0.0.0/9"]);
  return right
    ? Promise.resolve({ safe: true, says: "knows networks, and refuses rules that mean nothing" })
    : found("keeps those out who may come in");
};

function found(says: string) {
  return Promise.resolve({ safe: false, says });
}

/** S22 */
export const socketFile: Probe = async (target) => {
  const directory = await Deno.makeTempDir(), unixPath = `${directory}/precious`;
  await Deno.writeTextFile(unixPath, "years of work");
  {
    await using server = await target.launch({ unixPath });
    await Promise.race([server.ended(), server.until(/^ready$/m)]);
  }
  const kept = await read(unixPath);
  await Deno.remove(directory, { recursive: true });
  return kept === "years of work"
    ? { safe: true, says: "removes only a socket that nobody listens on" }
    : { safe: false, says: "unlinks whatever is at the path of its socket" };
};

/** S24 */
export const impostor: Probe = async (target) => {
  const [cert, key] = await Promise.all(
    ["cert", "key"].map((name) =>
      Deno.readTextFile(projectPath(`protocol/transport/testdata/${name}.pem`))
    ),
  );
  const listener = Deno.listenTls({
    hostname: "localhost",
    port: 0,
    cert: cert ?? "",
    key: key ?? "",
  });
  let heard = "";
  const serving = (async () => {
    for await (const conn of listener) {
      const buffer = new Uint8Array(1000);
      try {
        for (let n = await conn.read(buffer); n !== null; n = await conn.read(buffer)) {
          heard += new TextDecoder().decode(buffer.subarray(0, n));
        }
      } catch {
        // It hung up when it saw the certificate.
      }
      conn.close();
    }
  })();
  {
    await using client = await target.overTls(listener.addr.port, "my password");
    await client.ended();
  }
  listener.close();
  await serving;
  return heard.includes("my password")
    ? { safe: false, says: "tells its password to whoever answers" }
    : {
      safe: true,
      says: "says nothing to a server that it does not know, and how to make it known",
    };
};
