import {
  type DatagramAddress,
  type DatagramChannel,
  DatagramError,
  openDatagrams,
} from "../../protocol/transport/mod.ts";
import type { ProcessEnd } from "../player/spawned_process.ts";
import type { ClientTarget, RunningClient } from "./datagram_client_target.ts";

/** A datagram that came to a client. */
export interface Came {
  /** Its bytes. */
  readonly bytes: Uint8Array;
  /** Whether it comes from where the client asks. */
  readonly isServers: boolean;
}

/** What a client in this process has of the world. */
export interface ClientWorld {
  /** Sends to the server. */
  send(bytes: Uint8Array): Promise<void>;
  /** The next datagram of anybody; null when none comes within `ms`, or longer where the machine is busy. */
  receive(ms: number): Promise<Came | null>;
  /** Prints something. */
  say(bytes: Uint8Array): void;
}

/** A client as a function: how it ends is what it returns. */
export type ClientProgram = (world: ClientWorld) => Promise<ProcessEnd>;

/** It was ended from outside while it waited. */
class Ended extends Error {
  override readonly name = "Ended";
}

/** Clients at once: they mostly wait. */
const AT_ONCE = 4;
const HERE = "udp://127.0.0.1:0";
/**
 * A client waits in steps of so many ms, and a step that took longer counts no more: whatever holds up this process holds
 * up who answers as well, and between two steps he has his turn.
 */
const STEP_MS = 10;

/** A client that runs in this process, with a socket of its own: no program has to be started for each play. */
export class InProcessClient implements ClientTarget {
  readonly atOnce = AT_ONCE;
  readonly startTimeoutMs = 10_000;
  readonly pid = undefined;
  readonly #program: ClientProgram;

  /** Takes the client. */
  constructor(program: ClientProgram) {
    this.#program = program;
  }

  async launch(): Promise<RunningClient> {
    const channel = await openDatagrams(HERE);
    const world = new World(await openDatagrams(HERE), channel.local);
    const process: { end: ProcessEnd | undefined; ended: Promise<ProcessEnd> } = {
      end: undefined,
      ended: endOf(this.#program, world).then((end) => process.end = end),
    };
    let stranger: Promise<DatagramChannel> | undefined;
    return {
      channel,
      process,
      output: world.outputUntil(process.ended),
      stranger: () => stranger ??= openDatagrams(HERE),
      [Symbol.asyncDispose]: async () => {
        await world[Symbol.asyncDispose]();
        await process.ended;
        await channel.close();
        await (await stranger)?.close();
      },
    };
  }
}

async function endOf(program: ClientProgram, world: World): Promise<ProcessEnd> {
  await using _ = world;
  try {
    return await program(world);
  } catch (error) {
    if (!(error instanceof Ended)) throw error;
    return { code: null, signal: "SIGTERM" };
  }
}

class World implements ClientWorld, AsyncDisposable {
  readonly #channel: DatagramChannel;
  readonly #server: DatagramAddress;
  #printed = new Uint8Array(0);
  #isClosed = false;

  constructor(channel: DatagramChannel, server: DatagramAddress) {
    this.#channel = channel;
    this.#server = server;
  }

  async send(bytes: Uint8Array): Promise<void> {
    try {
      await this.#channel.send(bytes, this.#server);
    } catch (error) {
      if (!(error instanceof DatagramError)) throw error;
      // It, or who answers it, is closed: what is sent then is lost, as on every network.
      if (this.#isClosed) throw new Ended();
    }
  }

  async receive(ms: number): Promise<Came | null> {
    const late = new AbortController();
    let left = ms;
    const timer = setInterval(() => {
      left -= STEP_MS;
      if (left <= 0) late.abort();
    }, Math.min(ms, STEP_MS));
    try {
      const came = await this.#channel.receive({ signal: late.signal });
      if (came === null) throw new Ended();
      return { bytes: came.bytes, isServers: portOf(came.from) === portOf(this.#server) };
    } catch (error) {
      if (!late.signal.aborted) throw error;
      return null;
    } finally {
      clearInterval(timer);
    }
  }

  say(bytes: Uint8Array): void {
    const printed = new Uint8Array(this.#printed.length + bytes.length);
    printed.set(this.#printed);
    printed.set(bytes, this.#printed.length);
    this.#printed = printed;
  }

  /** What it prints, complete once it has ended. */
  outputUntil(ended: Promise<unknown>): RunningClient["output"] {
    const printed = () => this.#printed;
    return {
      get bytes() {
        return printed();
      },
      get length() {
        return printed().length;
      },
      done: ended.then(() => {}),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#channel.close();
  }
}

function portOf(address: DatagramAddress): number | undefined {
  return address.scheme === "udp" ? address.port : undefined;
}
