import type { ServerBug } from "../server_bug.ts";

/** Bytes of a header of `u32be`. */
const HEADER = 4;
/** Bytes of a usual read buffer. */
const BUFFER = 4096;

/** Bugs of reading: conclusions from what one read gave. */
export const READING_BUGS: readonly ServerBug[] = [
  {
    name: "stall-after-partial-header",
    copies: "conformance case 1.6",
    flaw: "after a read that ends inside a header nothing is answered any more",
    change: () => (_, right) => {
      let inside = 0;
      let stalled = false;
      return {
        *decode(decoder, chunk) {
          inside += chunk.length;
          for (const frame of right.decode(decoder, chunk)) {
            inside -= HEADER + frame.length;
            if (!stalled) yield frame;
          }
          if (inside > 0 && inside < HEADER) stalled = true;
        },
      };
    },
  },
  {
    name: "stall-at-full-buffer",
    copies: "conformance case 1.8",
    flaw: "a read of exactly 4,096 bytes is looked at only with the next one",
    change: () => (_, right) => {
      const full: Uint8Array[] = [];
      return {
        *decode(decoder, chunk) {
          full.push(chunk.slice());
          if (chunk.length === BUFFER) return;
          for (const one of full.splice(0)) yield* right.decode(decoder, one);
        },
      };
    },
  },
  {
    name: "end-at-full-frame",
    copies: "conformance case 1.7",
    flaw: "a read that ends with a frame that began in another one is taken for the last",
    change: () => (_, right) => {
      let inside = 0;
      return {
        *decode(decoder, chunk) {
          const torn = inside > 0;
          inside += chunk.length;
          for (const frame of right.decode(decoder, chunk)) {
            inside -= HEADER + frame.length;
            yield frame;
          }
          if (torn && inside === 0) throw new RangeError("no more");
        },
      };
    },
  },
  {
    name: "sixteen-pieces",
    copies: "c4punks/CWIST#161 (a cap for each fragment)",
    flaw: "a frame in more than 16 pieces is refused",
    change: () => (_, right) => {
      let pieces = 0;
      return {
        *decode(decoder, chunk) {
          if (++pieces > 16) throw new RangeError("too many pieces");
          for (const frame of right.decode(decoder, chunk)) {
            pieces = 0;
            yield frame;
          }
        },
      };
    },
  },
  {
    name: "first-read-only",
    copies: "daltoniam/Starscream#222",
    flaw: "of a frame in several pieces the first two are used, the others dropped",
    change: () => (_, right) => {
      let inside = 0, pieces = 0;
      return {
        *decode(decoder, chunk) {
          if (inside === 0) pieces = 0;
          if (++pieces === 3) return;
          inside += chunk.length;
          for (const frame of right.decode(decoder, chunk)) {
            inside -= HEADER + frame.length;
            pieces = 1;
            yield frame;
          }
        },
      };
    },
  },
];
