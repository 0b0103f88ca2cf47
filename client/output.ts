import { concat } from "@std/bytes/concat";
import { Buffer } from "node:buffer";
import { printable, printableJson, printableLines } from "../cli/printable.ts";
import { OutputClosedError } from "./errors.ts";

const LINE_END = Uint8Array.of(0x0a);

/** How answers are written. */
export interface OutputStyle {
  /** One JSON object per answer instead of its bytes. */
  readonly json: boolean;
  /** The output is a terminal that must not get control characters of a server. */
  readonly terminal: boolean;
  /** The encoding that streams of bytes come in; they are written in UTF-8. By default they are left as they are. */
  readonly encoding?: string | undefined;
}

/** What a command gives: data only, so that programs can read it. */
export class Output {
  readonly #style: OutputStyle;
  readonly #write: (bytes: Uint8Array) => Promise<number>;
  readonly #encoder = new TextEncoder();
  readonly #decoder: TextDecoder;
  readonly #recode: boolean;

  /** Makes an output over a function that writes some of the bytes and tells how many. */
  constructor(style: OutputStyle, write: (bytes: Uint8Array) => Promise<number>) {
    this.#style = style;
    this.#recode = style.encoding !== undefined;
    this.#decoder = new TextDecoder(style.encoding);
    this.#write = write;
  }

  /** Writes answers, each on a line of its own; without the last line end when `open`. */
  async answers(answers: Iterable<Uint8Array>, open = false): Promise<void> {
    const parts: Uint8Array[] = [];
    for (const answer of answers) parts.push(this.#shown(answer), LINE_END);
    if (open && !this.#style.json) parts.pop();
    await this.#writeAll(concat(parts));
  }

  /** Writes bytes of a stream that has no parts. */
  async bytes(bytes: Uint8Array): Promise<void> {
    if (this.#style.json) return await this.answers([this.#recoded(bytes)]);
    await this.#writeAll(
      this.#style.terminal
        ? this.#encoder.encode(printableLines(this.#decoder.decode(bytes, { stream: true })))
        : this.#recoded(bytes),
    );
  }

  /** Writes bytes of one of several streams; as JSON with `facts`, which say which one it is. */
  async piece(bytes: Uint8Array, facts: Readonly<Record<string, string>>): Promise<void> {
    if (!this.#style.json) return await this.bytes(bytes);
    await this.#writeAll(
      this.#encoder.encode(`${printableJson({ ...facts, ...described(this.#recoded(bytes)) })}\n`),
    );
  }

  /** Writes a result: `facts` as JSON, or `text` for people; nothing in it is raw, whatever a server says. */
  async result(facts: Readonly<Record<string, string | number>>, text: string): Promise<void> {
    const line = this.#style.json ? printableJson(facts) : printable(text);
    await this.#writeAll(this.#encoder.encode(`${line}\n`));
  }

  #recoded(bytes: Uint8Array): Uint8Array {
    if (!this.#recode) return bytes;
    return this.#encoder.encode(this.#decoder.decode(bytes, { stream: true }));
  }

  #shown(answer: Uint8Array): Uint8Array {
    if (this.#style.json) return this.#encoder.encode(printableJson(described(answer)));
    if (!this.#style.terminal) return answer;
    return this.#encoder.encode(printableLines(new TextDecoder().decode(answer)));
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length;) at += await this.#write(bytes.subarray(at));
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) throw new OutputClosedError();
      throw error;
    }
  }
}

/** An answer as JSON: text where it is UTF-8, base64 where it is not. */
function described(answer: Uint8Array): { text: string } | { base64: string } {
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(answer) };
  } catch {
    return { base64: Buffer.from(answer).toString("base64") };
  }
}
