import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { connect as connectNode } from "node:net";
import { isInstalled, type RunningTarget, startTarget } from "./start_target.ts";
import { interpreterOf, TARGETS } from "./targets.ts";

const LIMIT = 65_536;
const DEADLINE_MS = 10_000;
const encoder = new TextEncoder();

/** A 4-byte big-endian length. */
function header(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, length);
  return bytes;
}

function join(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

/** The wire form of one frame each, in one piece. */
function frames(...texts: string[]): Uint8Array<ArrayBuffer> {
  return join(...texts.flatMap((text) => [header(text.length), encoder.encode(text)]));
}

/** A hand-made client: what is sent in one call is one write. */
class Peer implements AsyncDisposable {
  readonly #conn: Deno.TcpConn;
  readonly #deadline: ReturnType<typeof setTimeout>;
  #late = false;

  constructor(conn: Deno.TcpConn) {
    conn.setNoDelay(true);
    this.#conn = conn;
    this.#deadline = setTimeout(() => {
      this.#late = true;
      this.#close();
    }, DEADLINE_MS);
  }

  async send(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) sent += await this.#conn.write(bytes.subarray(sent));
  }

  /** Ends our side only. */
  async finish(): Promise<void> {
    await this.#conn.closeWrite();
  }

  /** The next frame as text; null when the target has closed. */
  async answer(): Promise<string | null> {
    const head = await this.#exactly(4);
    if (head === null) return null;
    const payload = await this.#exactly(new DataView(head.buffer).getUint32(0));
    assert(payload !== null, "the target closed inside an answer");
    return new TextDecoder().decode(payload);
  }

  async #exactly(size: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const bytes = new Uint8Array(size);
    for (let have = 0; have < size;) {
      const count = await this.#conn.read(bytes.subarray(have)).catch((error) => {
        if (error instanceof Deno.errors.ConnectionReset) return null;
        throw this.#late ? new Error(`No answer within ${DEADLINE_MS} ms`) : error;
      });
      if (count === null) return null;
      have += count;
    }
    return bytes;
  }

  #close(): void {
    try {
      this.#conn.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#deadline);
    this.#close();
    return Promise.resolve();
  }
}

async function connect(target: RunningTarget): Promise<Peer> {
  return new Peer(await Deno.connect({ hostname: "127.0.0.1", port: target.port }));
}

/** Sends a whole frame, takes the answer, and resets the connection (Deno's own `close` sends FIN). */
function resetAfterAnswer(target: RunningTarget): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connectNode(target.port, "127.0.0.1");
    let answered = false;
    socket.setTimeout(DEADLINE_MS, () => socket.destroy());
    socket.once("error", reject);
    socket.once("data", () => {
      answered = true;
      socket.resetAndDestroy();
    });
    socket.once("close", () => answered ? resolve() : reject(new Error("No answer before RST")));
    socket.write(frames("hello"));
  });
}

/** How the target ended; by SIGKILL when it does not end. */
async function statusOf(target: RunningTarget): Promise<Deno.CommandStatus> {
  const tooLate = setTimeout(() => Deno.kill(target.pid, "SIGKILL"), DEADLINE_MS);
  const status = await target.status;
  clearTimeout(tooLate);
  return status;
}

/** What the target answers to `bytes` in one write and FIN, until it closes. */
async function answersTo(target: RunningTarget, bytes: Uint8Array): Promise<string[]> {
  await using peer = await connect(target);
  await peer.send(bytes);
  await peer.finish();
  const answers: string[] = [];
  for (let answer; (answer = await peer.answer()) !== null;) answers.push(answer);
  return answers;
}

/** What right targets do, and naive ones do too except where their one mistake shows. */
const RULES: Record<string, (target: RunningTarget) => Promise<void>> = {
  async alone(target) {
    await using peer = await connect(target);
    for (const text of ["hello", "x", "a longer one"]) {
      await peer.send(frames(text));
      assertEquals(await peer.answer(), text);
    }
  },
  async drip(target) {
    await using peer = await connect(target);
    for (const byte of frames("hello", "x", "world")) await peer.send(Uint8Array.of(byte));
    for (const text of ["hello", "x", "world"]) assertEquals(await peer.answer(), text);
  },
  async merged(target) {
    await using peer = await connect(target);
    await peer.send(frames("hello", "x", "world"));
    for (const text of ["hello", "x", "world"]) assertEquals(await peer.answer(), text);
  },
  async empty(target) {
    await using peer = await connect(target);
    await peer.send(frames(""));
    assertEquals(await peer.answer(), "");
  },
  async limit(target) {
    const text = "x".repeat(LIMIT);
    assertEquals(await answersTo(target, frames(text)), [text]);
  },
  async overLimit(target) {
    await using peer = await connect(target);
    await peer.send(header(LIMIT + 1));
    assertEquals(await peer.answer(), null);
  },
  async hugeClaim(target) {
    await using peer = await connect(target);
    await peer.send(header(0xffff_ffff));
    assertEquals(await peer.answer(), null);
  },
  async goodBeforeBad(target) {
    await using peer = await connect(target);
    await peer.send(join(frames("hello"), header(LIMIT + 1), encoder.encode("body")));
    assertEquals(await peer.answer(), "hello");
    assertEquals(await peer.answer(), null);
  },
  async halfClose(target) {
    assertEquals(await answersTo(target, frames("hello")), ["hello"]);
  },
  async endInHeader(target) {
    for (const cut of [1, 2, 3]) {
      assertEquals(await answersTo(target, frames("hello").subarray(0, cut)), []);
    }
  },
  async endInPayload(target) {
    for (const cut of [4, 5, 8]) {
      assertEquals(await answersTo(target, frames("hello").subarray(0, cut)), []);
    }
  },
  async apart(target) {
    await using one = await connect(target);
    await using other = await connect(target);
    await one.send(join(frames("first"), frames("hello").subarray(0, 6)));
    assertEquals(await one.answer(), "first");
    await other.send(frames("other"));
    assertEquals(await other.answer(), "other");
    await one.send(frames("hello").subarray(6));
    assertEquals(await one.answer(), "hello");
  },
  async reset(target) {
    await resetAfterAnswer(target);
    assertEquals(await answersTo(target, frames("hello")), ["hello"]);
  },
};

/** For each naive target: the rules that its mistake breaks, and the proof that it makes this mistake. */
const MISTAKES: Record<
  string,
  { breaks: string[]; show: (target: RunningTarget) => Promise<void> }
> = {
  "recv_as_frame.py": {
    breaks: ["drip", "merged", "limit", "goodBeforeBad", "endInHeader", "endInPayload", "apart"],
    async show(target) {
      await using peer = await connect(target);
      await peer.send(frames("hello", "x"));
      assertEquals(await peer.answer(), "hello\0\0\0\x01x");
      await peer.send(frames("hello").subarray(0, 6));
      assertEquals(await peer.answer(), "he");
    },
  },
  "recv4_whole.py": {
    breaks: ["drip", "endInHeader"],
    async show(target) {
      await using peer = await connect(target);
      await peer.send(frames("hello").subarray(0, 1));
      assertEquals(await peer.answer(), "");
      await peer.send(frames("hello").subarray(1)); // 00 00 05 'h' is a length of 1,384
      await peer.finish();
      assertEquals(await peer.answer(), null);
    },
  },
  "drops_after_frame.mjs": {
    breaks: ["drip", "merged", "goodBeforeBad", "apart"],
    async show(target) {
      assertEquals(await answersTo(target, frames("hello", "x", "world")), ["hello"]);
    },
  },
  "one_frame_per_read.mjs": {
    breaks: ["drip", "merged", "goodBeforeBad"],
    async show(target) {
      await using peer = await connect(target);
      await peer.send(frames("hello", "x"));
      assertEquals(await peer.answer(), "hello");
      await peer.send(frames("world"));
      assertEquals(await peer.answer(), "x");
      await peer.finish();
      assertEquals(await peer.answer(), null);
    },
  },
  "unlimited_length.py": {
    breaks: ["overLimit", "hugeClaim", "goodBeforeBad"],
    async show(target) {
      const text = "x".repeat(LIMIT + 1);
      assertEquals(await answersTo(target, frames(text)), [text]);
      await using peer = await connect(target);
      await peer.send(header(0xffff_ffff));
      await untilResident(target.pid, 200 * 1024 * 1024);
    },
  },
  "partial_at_eof.mjs": {
    breaks: ["endInPayload"],
    async show(target) {
      assertEquals(await answersTo(target, frames("hello").subarray(0, 6)), ["he"]);
    },
  },
  "body_single_recv.py": {
    breaks: ["drip", "limit", "endInPayload", "apart"],
    async show(target) {
      await using peer = await connect(target);
      await peer.send(frames("hello").subarray(0, 6));
      assertEquals(await peer.answer(), "he");
    },
  },
  "signed_length.mjs": {
    breaks: ["hugeClaim"],
    async show(target) {
      assertEquals(await answersTo(target, join(header(0xffff_ffff), frames("x"))), ["", "x"]);
      assertEquals(await answersTo(target, header(0x8000_0000)), [""]);
      assertEquals(await answersTo(target, header(0x7fff_ffff)), []);
    },
  },
  "shared_buffer.mjs": {
    breaks: ["overLimit", "hugeClaim", "goodBeforeBad", "endInHeader", "endInPayload", "apart"],
    async show(target) {
      await using one = await connect(target);
      await one.send(join(frames("first"), frames("hello").subarray(0, 6)));
      assertEquals(await one.answer(), "first");
      await using other = await connect(target);
      await other.send(frames("hello").subarray(6));
      assertEquals(await other.answer(), "hello");
    },
  },
  "empty_frame_lost.py": {
    breaks: ["empty"],
    async show(target) {
      assertEquals(await answersTo(target, frames("", "x", "")), ["x"]);
    },
  },
  "off_by_one_limit.py": {
    breaks: ["limit"],
    async show(target) {
      await using peer = await connect(target);
      await peer.send(header(LIMIT));
      assertEquals(await peer.answer(), null);
      const text = "x".repeat(LIMIT - 1);
      assertEquals(await answersTo(target, frames(text)), [text]);
    },
  },
  "rst_crash.mjs": {
    breaks: ["reset"],
    async show(target) {
      await resetAfterAnswer(target);
      const { code, signal } = await statusOf(target);
      assertNotEquals(code, 0);
      assertEquals(signal, null);
    },
  },
};

/** Waits until a process holds that much memory; where the system does not say, there is nothing to wait for. */
async function untilResident(pid: number, bytes: number): Promise<void> {
  for (const end = Date.now() + DEADLINE_MS; Date.now() < end;) {
    let status: string;
    try {
      status = await Deno.readTextFile(`/proc/${pid}/status`);
    } catch (error) {
      console.error(`The memory of the target is not checked: ${error}`);
      return;
    }
    if (1024 * Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) >= bytes) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`Process ${pid} never held ${bytes} bytes`);
}

const installed = {
  python3: await isInstalled("python3"),
  node: await isInstalled("node"),
  deno: await isInstalled("deno"),
};

for (const { file, habit, cause } of TARGETS) {
  const ready = installed[interpreterOf(file)];
  if (!ready) console.error(`NOT TESTED: ${file}, because ${interpreterOf(file)} is not installed`);

  Deno.test({
    name: `target ${[file, habit ?? []].flat().join(" ")} ${
      cause === null ? "is right" : "makes its one mistake"
    }`,
    ignore: !ready,
    async fn(t) {
      const mistake = MISTAKES[file];
      assertEquals(mistake === undefined, cause === null);
      const comment = await Deno.readTextFile(new URL(file, import.meta.url));
      assertStringIncludes(comment, `Verdict: ${cause === null ? "PASS" : `FAIL ${cause}.`}`);

      await using target = await startTarget(file, habit);
      for (const [name, rule] of Object.entries(RULES)) {
        if (mistake?.breaks.includes(name)) continue;
        await t.step(`keeps ${name}`, () => rule(target));
      }
      if (mistake !== undefined) await t.step("shows it", () => mistake.show(target));
      if (cause === "CRASH") return;
      await t.step("ends when told to", async () => {
        Deno.kill(target.pid, "SIGTERM");
        assertEquals((await statusOf(target)).code, 0);
      });
    },
  });

  for (const name of MISTAKES[file]?.breaks ?? []) assert(name in RULES, `${file}: ${name}`);
}

Deno.test("every program of this folder is in the table", async () => {
  const files = (await Array.fromAsync(Deno.readDir(new URL(".", import.meta.url))))
    .map((entry) => entry.name)
    .filter((name) => /\.(py|mjs)$|^variants/.test(name) && !name.startsWith("serve."));
  assertEquals(files.sort(), [...new Set(TARGETS.map((target) => target.file))].sort());
});
