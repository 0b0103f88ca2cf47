/**
 * A server that listens needs little more of its machine than the connections that come to it. What it does not need it
 * gives up for good, so that a fault in it is worth little to whoever finds it.
 * @module
 */

/** What the runtime can take away. */
export type Power = "net" | "read" | "write" | "run" | "env" | "sys" | "ffi";

/** All of them, in the order in which they are told. */
export const POWERS: readonly Power[] = ["net", "read", "write", "run", "env", "sys", "ffi"];

/** What became of a power. */
export interface PowerState {
  /** Which one. */
  readonly power: Power;
  /** Whether it is needed by what was granted, and so kept. */
  readonly kept: boolean;
  /** What an attempt to use it came to: `works`, or the name of the error. */
  readonly attempt: string;
}

/**
 * Gives up every power but `needed`. Connections that are accepted go on: the runtime checks `net` only when a socket is
 * opened, and running ones are there already.
 */
export async function giveUpPowers(needed: ReadonlySet<Power>): Promise<void> {
  for (const name of POWERS) {
    if (!needed.has(name)) await Deno.permissions.revoke({ name });
  }
}

/** Tries to use every power, harmlessly, and tells what came of it. */
export async function tryPowers(needed: ReadonlySet<Power>): Promise<PowerState[]> {
  const attempts: Record<Power, () => unknown> = {
    net: async () => (await Deno.connect({ hostname: "127.0.0.1", port: 1 })).close(),
    read: () => Deno.lstat("/"),
    write: () => Deno.mkdir("/", { recursive: true }),
    run: () => new Deno.Command("true").output(),
    env: () => Deno.env.toObject(),
    sys: () => Deno.osUptime(),
    ffi: () => Deno.dlopen("no-such-library", {}),
  };
  const states: PowerState[] = [];
  for (const power of POWERS) {
    states.push({ power, kept: needed.has(power), attempt: await outcome(attempts[power]) });
  }
  return states;
}

/** Prints what became of the powers of the main thread and of each worker; returns whether what was given up is gone. */
export function tellPowers(threads: readonly (readonly PowerState[])[]): boolean {
  threads.forEach((states, worker) => {
    const who = worker === 0 ? "" : `worker ${worker} `;
    for (const { power, kept, attempt } of states) {
      console.log(`${who}power ${power} ${kept ? "kept" : "given up"}, ${attempt}`);
    }
  });
  return threads.flat().every(({ kept, attempt }) => kept || attempt === "denied");
}

/** Only what the runtime forbids counts; that nobody listens on port 1 shows that one may ask. */
async function outcome(attempt: () => unknown): Promise<string> {
  try {
    await attempt();
    return "works";
  } catch (error) {
    return error instanceof Deno.errors.NotCapable ? "denied" : "works";
  }
}
