/**
 * S10, S11, S25: time, crowds, and the end.
 * @module
 */
import { becomes, int32, putting, read, stillAnswers, textConnection } from "../attack.ts";
import type { Probe } from "../target.ts";

/** Files that a server may have open, and connections that are opened at once. */
const FILES = 96, CROWD = 2 * FILES;

/** S10 */
export const silence: Probe = async (target) => {
  await using served = await target.serve();
  await using nothing = await textConnection(served.port("files"));
  await using half = await textConnection(served.port("echo"));
  await half.say(int32(1000).subarray(0, 2));
  const ends = await Promise.all([nothing.end(), half.end()]);
  return ends.includes(null)
    ? { safe: false, says: "waits for ever for the rest of a header" }
    : { safe: true, says: "gives up who says nothing, and who begins and stops" };
};

/** S11 */
export const crowd: Probe = async (target) => {
  await using served = await target.serve({ files: FILES });
  const port = served.port("echo");
  const crowd: Deno.Conn[] = [];
  for (let i = 0; i < CROWD; i++) {
    await Deno.connect({ hostname: "127.0.0.1", port }).then((conn) => crowd.push(conn), () => {});
  }
  await becomes(() => Promise.resolve(/os error 24/.test(served.process.said)), 1000);
  for (const conn of crowd) conn.close();
  return await stillAnswers(port)
    ? { safe: true, says: "when the crowd has gone, the next client is answered" }
    : { safe: false, says: "its accept loop has ended with `EMFILE`: nobody is served any more" };
};

/** S25 */
export const sigterm: Probe = async (target) => {
  await using served = await target.serve();
  await using conn = await textConnection(served.port("files"));
  await conn.say(putting("big.bin", "half", 8));
  await becomes(
    () =>
      Promise.resolve(
        [...Deno.readDirSync(served.root)].some(({ name }) =>
          Deno.statSync(`${served.root}/${name}`).size > 0
        ),
      ),
    20_000,
  );
  served.process.kill("SIGTERM");
  await conn.say("half").catch(() => {});
  await conn.closeWrite().catch(() => {});
  const code = await served.process.ended();
  return code === 0 && await read(`${served.root}/big.bin`) === "halfhalf"
    ? { safe: true, says: "lets the upload end, then ends with exit code 0" }
    : { safe: false, says: "ends at once, and half a file stays" };
};
