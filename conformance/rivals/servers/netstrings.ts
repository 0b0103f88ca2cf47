import type { Change } from "../echo_server.ts";
import type { ServerBug } from "../server_bug.ts";

/** Empty frames in a row that a guard takes for an endless loop. */
const MOST_EMPTY = 16;

/** Refuses a run of empty frames, as a guard does that takes no progress in the payload for no progress at all. */
const guarded: Change = (_, right) => {
  let empty = 0;
  return {
    *decode(decoder, chunk) {
      for (const frame of right.decode(decoder, chunk)) {
        empty = frame.length === 0 ? empty + 1 : 0;
        if (empty > MOST_EMPTY) throw new RangeError("no progress");
        yield frame;
      }
    },
  };
};

/** Bugs of empty frames in a row, and of netstrings. */
export const NETSTRING_BUGS: readonly ServerBug[] = [
  {
    name: "empty-frames-guard",
    copies: "conformance case 4.6 (a guard against endless loops)",
    flaw: "more than 16 empty frames in a row are refused",
    change: () => guarded,
  },
  {
    name: "empty-netstrings-guard",
    copies: "conformance case 7.6 (a guard against endless loops)",
    flaw: "more than 16 empty netstrings in a row are refused",
    spec: "netstring",
    change: () => guarded,
  },
  {
    name: "colon-ends-read",
    copies: "conformance case 7.1",
    flaw: "a read that ends with a colon is dropped",
    spec: "netstring",
    change: () => (_, right) => ({
      decode: (decoder, chunk) => chunk.at(-1) === 0x3a ? [] : right.decode(decoder, chunk),
    }),
  },
  {
    name: "nested-netstring-unwrapped",
    copies: "conformance case 7.5",
    flaw: "a payload that is a netstring itself is taken out of it",
    spec: "netstring",
    change: () => (link) => ({
      answer: (frames) =>
        link.echo(
          frames.map((frame) => {
            const text = new TextDecoder("latin1").decode(frame);
            const [, digits, body = ""] = /^(\d+):([^]*),$/.exec(text) ?? [];
            if (Number(digits) !== body.length) return frame;
            return frame.subarray(frame.length - 1 - body.length, frame.length - 1);
          }),
        ),
    }),
  },
];
