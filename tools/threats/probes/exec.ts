/**
 * S12, S13: what a command can be made to do.
 * @module
 */
import { becomes, read, textConnection } from "../attack.ts";
import type { Probe } from "../target.ts";

/** S12 */
export const injection: Probe = async (target) => {
  await using served = await target.serve();
  for (const [i, way] of ["; X", "&& X", "| X", "$(X)", "`X`", "\nX"].entries()) {
    await using conn = await textConnection(served.port("exec"));
    const path = `${served.root}/ran-${i}`;
    await conn.say(`printf hello ${way.replace("X", `touch ${path}`)}`);
    await conn.until(/^....[^]*/);
    if (await read(path) !== null) {
      return { safe: false, says: "`printf hello ; touch FILE` runs `touch`" };
    }
  }
  return { safe: true, says: "prints the punctuation: no shell reads it" };
};

/** S13 */
export const runaway: Probe = async (target) => {
  await using served = await target.serve();
  // A time that nobody else sleeps, so that it can be found.
  const seconds = `98765.${served.process.pid}`;
  {
    await using conn = await textConnection(served.port("exec"));
    await conn.say(`sleep ${seconds}`);
    await becomes(async () => (await sleepers(seconds)).length > 0, 20_000);
  }
  const gone = await becomes(async () => (await sleepers(seconds)).length === 0, 6000);
  for (const pid of await sleepers(seconds)) Deno.kill(pid, "SIGKILL");
  return gone
    ? { safe: true, says: "ends the program when its time is up, with all that it has started" }
    : { safe: false, says: "the program runs on when its client has gone" };
};

/** The processes that sleep so long. */
async function sleepers(seconds: string): Promise<number[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["-A", "-ww", "-o", "pid=,args="] })
    .output();
  return new TextDecoder().decode(stdout).split("\n")
    .filter((line) => line.endsWith(`sleep ${seconds}`)).map((line) => Number.parseInt(line));
}
