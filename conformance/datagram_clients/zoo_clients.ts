import type { ProcessEnd } from "../player/spawned_process.ts";
import type { ClientProgram, ClientWorld } from "./in_process_client.ts";

/** How often a client asks, and how long it waits for each answer, in ms. */
const TRIES = 2, WAIT_MS = 100;
/** Longest part of a question in fragments, and the length of what stands before it, in bytes. */
const ROOM = 8, HEADER = 16;

const SUCCESS: ProcessEnd = { code: 0, signal: null };
const FAILURE: ProcessEnd = { code: 1, signal: null };
const ABORTED: ProcessEnd = { code: null, signal: "SIGABRT" };

/** The client ends here and now. */
class Exit extends Error {
  override readonly name = "Exit";
  readonly end: ProcessEnd;

  constructor(end: ProcessEnd) {
    super("the client ends");
    this.end = end;
  }
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const upper = (bytes: Uint8Array): Uint8Array =>
  bytes.map((byte) => byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte);

const QUESTIONS = ["1 what is it", "2 that comes", "3 back to me"].map(utf8);

/** The messages that a client of each kind is to send, where that is told. */
export const ZOO_SENDS: Readonly<Record<string, readonly Uint8Array[]>> = {
  three: QUESTIONS,
  empty: [utf8("something"), new Uint8Array(0)],
};

/**
 * The client `KIND.BUG`; with the bug `none` it is right. `one` asks one question and takes any answer of the server;
 * `three` asks three, of which each answer begins with the number; `burst` asks them all at once; `empty` asks one, and
 * then nothing; `fragment` asks in fragments. What comes back is printed, one line for each answer; without an answer they
 * ask again, and then give up.
 */
export function zooClient(name: string): ClientProgram {
  const [kind = "", bug = ""] = name.split(".");
  return async (world) => {
    const client = new ZooClient(world, bug);
    try {
      await client.run(kind);
      return SUCCESS;
    } catch (error) {
      if (!(error instanceof Exit)) throw error;
      return error.end;
    }
  };
}

class ZooClient {
  readonly #world: ClientWorld;
  readonly #bug: string;
  #waitMs: number;

  constructor(world: ClientWorld, bug: string) {
    this.#world = world;
    this.#bug = bug;
    this.#waitMs = bug === "waits-for-ever" ? Infinity : WAIT_MS;
  }

  async run(kind: string): Promise<void> {
    switch (kind) {
      case "one":
        return this.#say(await this.#asked(utf8("what is it that comes back to me")));
      case "three":
        return await this.#three();
      case "burst":
        return await this.#burst();
      case "empty":
        this.#say(await this.#asked(utf8("something"), (answer) => answer.length > 0));
        if (this.#bug === "dropped") return;
        await this.#asked(new Uint8Array(0), (answer) => answer.length === 0);
        return;
      case "fragment":
        return await this.#fragments(utf8("what is it that comes back"));
    }
  }

  /** One datagram of the server; null when none comes in time. */
  async #receive(): Promise<Uint8Array | null> {
    for (let came; (came = await this.#world.receive(this.#waitMs)) !== null;) {
      const bytes = came.bytes.subarray(0, this.#bug === "buffer-of-1024" ? 1024 : undefined);
      if (this.#bug === "empty-is-nothing" && bytes.length === 0) {
        this.#waitMs = Infinity;
        continue;
      }
      if (came.isServers || this.#bug === "anybody" || this.#bug === "peers-mixed") return bytes;
    }
    return null;
  }

  #say(answer: Uint8Array): void {
    const end = this.#bug === "lines" ? answer.indexOf(0x0a) : -1;
    const told = end < 0 ? answer : answer.subarray(0, end);
    if (this.#bug === "aborts-at-bytes" && told.some((byte) => byte > 127)) throw new Exit(ABORTED);
    this.#world.say(Uint8Array.of(...told, 0x0a));
  }

  #giveUp(question: Uint8Array): never {
    if (this.#bug !== "does-as-if") throw new Exit(FAILURE);
    this.#say(upper(question));
    throw new Exit(SUCCESS);
  }

  async #asked(
    question: Uint8Array,
    isAnswer: (answer: Uint8Array) => boolean = () => true,
  ): Promise<Uint8Array> {
    for (let i = 0; i < TRIES; i++) {
      if (this.#bug === "flushes-first") { while (await this.#world.receive(1) !== null); }
      await this.#world.send(question);
      for (let answer; (answer = await this.#receive()) !== null;) {
        if (isAnswer(answer)) return answer;
      }
    }
    this.#giveUp(question);
  }

  async #three(): Promise<void> {
    if (this.#bug === "joined") {
      return this.#say(await this.#asked(Uint8Array.from(QUESTIONS.flatMap((one) => [...one]))));
    }
    for (const question of QUESTIONS) {
      if (this.#bug === "pieces") {
        await this.#world.send(question.subarray(0, 6));
        await this.#receive();
        this.#say(await this.#asked(question.subarray(6)));
        continue;
      }
      const isUnchecked = this.#bug === "first-answer-counts" || this.#bug === "flushes-first";
      this.#say(await this.#asked(question, (answer) => isUnchecked || answer[0] === question[0]));
    }
  }

  async #burst(): Promise<void> {
    const answers = new Map<number, Uint8Array>();
    const numbers = QUESTIONS.map(([number = 0]) => number);
    let last = 0;
    for (let i = 0; i < TRIES && answers.size < QUESTIONS.length; i++) {
      for (const question of QUESTIONS) {
        if (!answers.has(question[0] ?? 0)) await this.#world.send(question);
      }
      while (answers.size < QUESTIONS.length) {
        const answer = await this.#receive();
        if (answer === null) break;
        const [number = 0] = answer;
        if (this.#bug === "order-needed" && number < last) continue;
        last = number;
        if (numbers.includes(number)) answers.set(number, answer);
      }
    }
    for (const number of numbers) {
      const answer = answers.get(number);
      if (answer !== undefined) this.#say(answer);
    }
    if (answers.size < QUESTIONS.length) throw new Exit(FAILURE);
  }

  async #fragments(question: Uint8Array): Promise<void> {
    const parts = new PartCollector(this.#bug);
    for (let i = 0; i < TRIES; i++) {
      for (const datagram of inFragments(question, this.#bug === "wrong-count" ? 1 : 0)) {
        await this.#world.send(datagram);
      }
      for (let datagram; (datagram = await this.#receive()) !== null;) {
        const answer = parts.push(datagram);
        if (answer !== null) return this.#say(answer);
      }
    }
    this.#giveUp(question);
  }
}

function inFragments(message: Uint8Array, more: number): Uint8Array[] {
  const count = Math.ceil(message.length / ROOM), size = Math.ceil(message.length / count);
  return Array.from({ length: count }, (_, index) => {
    const part = message.subarray(index * size, (index + 1) * size);
    const datagram = new Uint8Array(HEADER + part.length);
    const header = new DataView(datagram.buffer);
    header.setBigUint64(0, 7n);
    header.setUint16(8, index);
    header.setUint16(10, count + more);
    header.setUint32(12, message.length);
    datagram.set(part, HEADER);
    return datagram;
  });
}

/** A message of which some parts are there. */
interface Begun {
  readonly count: number;
  readonly length: number;
  readonly parts: Map<number, Uint8Array>;
}

/** Puts messages together from fragments, in the client's own way and not in ours. */
class PartCollector {
  readonly #bug: string;
  readonly #begun = new Map<bigint, Begun>();
  #first: bigint | undefined;

  constructor(bug: string) {
    this.#bug = bug;
  }

  /** The message that a fragment completes. */
  push(datagram: Uint8Array): Uint8Array | null {
    if (datagram.length < HEADER) return null;
    const header = new DataView(datagram.buffer, datagram.byteOffset, HEADER);
    const id = header.getBigUint64(0), count = header.getUint16(10), length = header.getUint32(12);
    const index = header.getUint16(8), part = datagram.subarray(HEADER);
    if (count === 0 || count > length || index >= count) return null;
    const size = Math.ceil(length / count);
    if (this.#bug === "two-in-one" && part.length > size + HEADER) {
      this.push(datagram.subarray(0, HEADER + size));
      return this.push(datagram.subarray(HEADER + size));
    }
    const due = index === count - 1 ? length - index * size : size;
    if (part.length !== due && this.#bug !== "lengths-unchecked") return null;
    this.#first ??= id;
    if (this.#bug === "unfinished-first" && id !== this.#first) return null;
    const known = this.#begun.get(id) ?? { count, length, parts: new Map() };
    this.#begun.set(id, known);
    return this.#take(id, known, { index, count, length, part });
  }

  #take(
    id: bigint,
    { parts, ...known }: Begun,
    { index, count, length, part }: Omit<Begun, "parts"> & { index: number; part: Uint8Array },
  ): Uint8Array | null {
    const byCount = this.#bug === "datagrams-counted" || this.#bug === "order-of-arrival";
    const at = byCount ? parts.size : index, here = parts.get(at);
    if (known.count !== count || known.length !== length || here && !same(here, part)) {
      this.#begun.delete(id);
      return null;
    }
    parts.set(at, part);
    const isLast = this.#bug === "last-is-all" && index === count - 1;
    if (parts.size < count && !isLast) return null;
    const order = [...parts.keys()].sort((a, b) => a - b);
    return Uint8Array.from(order.flatMap((at) => [...parts.get(at) ?? []]));
  }
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}
