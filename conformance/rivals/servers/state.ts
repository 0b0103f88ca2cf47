import type { DecoderUnderTest } from "../../verify/mod.ts";
import type { ServerBug } from "../server_bug.ts";

/** Bugs of state: what belongs to one connection, or to one frame, is shared or kept. */
export const STATE_BUGS: readonly ServerBug[] = [
  {
    name: "shared-buffer",
    copies: "ystreet/turn-proto#71, BrandonPotter/SimpleTCP#54",
    flaw: "one decoder for all connections",
    change() {
      let shared: DecoderUnderTest | undefined;
      return (_, right) => ({ decoder: () => shared ??= right.decoder() });
    },
  },
  {
    name: "decoder-used-again",
    copies: "conformance case 8.7",
    flaw: "decoders are pooled and not reset: the next connection goes on where one broke off",
    change() {
      const pool: DecoderUnderTest[] = [];
      return (_, right) => {
        const mine = pool.pop() ?? right.decoder();
        return { decoder: () => mine, over: () => void pool.push(mine) };
      };
    },
  },
  {
    name: "decoder-used-again-after-reset",
    copies: "conformance case 8.4",
    flaw: "as decoder-used-again, but only when the connection before was reset",
    change() {
      let left: DecoderUnderTest | undefined;
      return (_, right) => {
        const mine = left ?? right.decoder();
        left = undefined;
        return {
          decoder: () => mine,
          over: (error) => {
            if (error instanceof Deno.errors.ConnectionReset) left = mine;
          },
        };
      };
    },
  },
  {
    name: "sixteen-bit-position",
    copies: "the-tcpdump-group/libpcap#1685, coturn/coturn#1837",
    flaw: "a connection is lost when more than 65,535 bytes have come on it",
    change: () => (_, right) => {
      let position = 0;
      return {
        decode(decoder, chunk) {
          position += chunk.length;
          if (position > 65_535) throw new RangeError("position out of range");
          return right.decode(decoder, chunk);
        },
      };
    },
  },
];
