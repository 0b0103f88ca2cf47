/**
 * Entry points with planted bugs, each of another kind, that the fuzzer must find.
 * @module
 */
import { framing, FramingError } from "../../../protocol/framing/mod.ts";
import { attempt, type Entry } from "../entry.ts";

const valid = () => new TextEncoder().encode("abcdefgh");
const kept: Uint8Array[] = [];

function planted(name: string, run: (input: Uint8Array) => void | Promise<void>): Entry {
  return { name, about: "planted", valid, open: () => ({ run }) };
}

const decoder = framing("u8");

/** A crash, a hang of each kind, a memory leak, a wrong error, a rejection that nobody hears, and none of these. */
export const ENTRIES: readonly Entry[] = [
  planted("right", (input) => {
    attempt(() => decoder.createDecoder().push(input), FramingError);
  }),
  planted("crash", (input) => {
    if (input.includes(0x63)) JSON.parse(`{${input.length}`);
  }),
  planted("wrong-error", (input) => {
    attempt(() => {
      if (input.length > 4 && input[4] !== 0x65) throw new RangeError("Invalid array length");
    }, FramingError);
  }),
  planted("hang", (input) => {
    for (let at = 0; at < input.length;) at += input[at] === 0 ? 0 : 1;
  }),
  planted("never-settles", async (input) => {
    if (input[1] === 0x63) await new Promise(() => {});
  }),
  planted("leak", () => {
    kept.push(new Uint8Array(2 ** 20).fill(1));
  }),
  planted("stray", async (input) => {
    await Promise.resolve();
    if (input.includes(0)) void Promise.reject(new TypeError("lost"));
  }),
];
