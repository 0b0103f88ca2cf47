/**
 * Right, for Deno: echoes u32be frames, whatever the chunks; the third argument names a habit that a harness may take
 * for a mistake. Usage: deno run --allow-net variants.ts PORT [HOST [HABIT]], port 0 takes a free one.
 *
 * Verdict: PASS for each (see HABITS in targets.ts for what they are)
 *
 * @module
 */

const LIMIT = 65_536;
const HOLD_MS = 2, HOLD_BYTES = 65_536, WORK_MS = 1, LINGER_MS = 200, IDLE_MS = 1000;

const [port, hostname = "127.0.0.1", habit = "none"] = Deno.args;

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

class Echo {
  readonly #socket: Deno.TcpConn;
  // Joined only when the bytes that are needed next are there.
  #chunks: Uint8Array[] = [];
  #have = 0;
  #need = 4;
  #answers: Uint8Array[] = [];
  #hold: ReturnType<typeof setTimeout> | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(socket: Deno.TcpConn) {
    this.#socket = socket;
  }

  async run(): Promise<void> {
    this.#socket.setNoDelay(true);
    const buffer = new Uint8Array(habit === "tiny-reads" ? 3 : 65_536);
    for (let count; (count = await this.#socket.read(buffer)) !== null;) {
      clearTimeout(this.#idle);
      if (!await this.#take(buffer.subarray(0, count))) return;
      if (habit === "closes-early" && this.#have === 0) {
        this.#idle = setTimeout(() => this.close(), IDLE_MS);
      }
    }
    await this.#flush();
    if (habit === "never-closes") await wait(LINGER_MS);
  }

  close(): void {
    clearTimeout(this.#hold);
    clearTimeout(this.#idle);
    try {
      this.#socket.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  /** Answers the frames that a chunk completes; false when a length is over the limit. */
  async #take(chunk: Uint8Array): Promise<boolean> {
    this.#chunks.push(chunk.slice());
    this.#have += chunk.length;
    if (this.#have < this.#need) return true;
    let bytes = join(this.#chunks);
    for (this.#need = 4; bytes.length >= this.#need; this.#need = 4) {
      const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
      if (length > LIMIT) {
        await this.#flush();
        return false;
      }
      this.#need = 4 + length;
      if (bytes.length < this.#need) break;
      await this.#answer(bytes.slice(0, this.#need));
      bytes = bytes.subarray(this.#need);
    }
    this.#chunks = [bytes];
    this.#have = bytes.length;
    clearTimeout(this.#hold);
    // Who never stops sending and never reads must not be held answers for without end.
    const held = this.#answers.reduce((sum, { length }) => sum + length, 0);
    if (habit === "batching" && held < HOLD_BYTES) {
      this.#hold = setTimeout(() => this.#flush().catch(() => {}), HOLD_MS);
    } else await this.#flush();
    return true;
  }

  async #answer(wire: Uint8Array): Promise<void> {
    if (habit === "slow") await wait(WORK_MS);
    if (habit === "logs") console.log(`answered ${wire.length - 4} bytes`);
    this.#answers.push(wire);
    if (habit !== "batching" && habit !== "merged-replies") await this.#flush();
  }

  #flush(): Promise<void> {
    const bytes = join(this.#answers);
    this.#answers = [];
    return this.#writing = this.#writing.then(async () => {
      for (let at = 0; at < bytes.length;) at += await this.#socket.write(bytes.subarray(at));
    });
  }
}

async function serve(socket: Deno.TcpConn): Promise<void> {
  const echo = new Echo(socket);
  // What a peer does wrong, or a reset, ends this connection only.
  await echo.run().catch(() => {});
  echo.close();
}

Deno.addSignalListener("SIGTERM", () => Deno.exit(0));
const listener = Deno.listen({ hostname, port: Number(port) });
console.log(`listening ${listener.addr.port}`);
for await (const socket of listener) serve(socket);
