import { concat } from "@std/bytes/concat";
import type { ServerBug } from "../server_bug.ts";

/** Bytes of a header of `u32be`. */
const HEADER = 4;
/** Most memory that a bug here really takes at once, in bytes. */
const MOST = 512 * 1024 * 1024;

/** Bugs of resources: memory, time and other connections are spent on one peer's word or laziness. */
export const RESOURCE_BUGS: readonly ServerBug[] = [
  {
    name: "one-connection-at-a-time",
    copies: "conformance case 9.6",
    flaw: "the next connection is served when the one before is over, however long that stalls",
    habits: { oneAtATime: true },
  },
  {
    name: "unbounded-queue",
    copies: "conformance case 9.3, python/cpython#127656",
    flaw: "answers that the peer does not take are queued without a bound",
    change: () => (link) => ({
      answer(frames) {
        // A peer that has gone is found out by the next read.
        link.echo(frames).catch(() => {});
        return Promise.resolve();
      },
    }),
  },
  {
    name: "never-resumes",
    copies: "conformance case 9.5 (a missing listener for drain)",
    flaw: "once the peer has not taken answers at once, nothing more is read",
    change: () => (link) => ({
      async answer(frames) {
        const wires = frames.map((frame) => link.encode(frame));
        if (wires.length === 0) return;
        const bytes = concat(wires);
        const taken = await link.socket.write(bytes);
        if (taken === bytes.length) return;
        await link.write(bytes.subarray(taken));
        await link.closed;
      },
    }),
  },
  {
    name: "memory-on-claim",
    copies: "CVE-2023-34462, netty/netty#13457, commonwarexyz/monorepo#1955",
    flaw: "memory for the payload is set aside before its length is held against the limit",
    change: () => (_, right) => {
      const head: number[] = [];
      let left = 0;
      return {
        decode(decoder, chunk) {
          for (let at = 0; at < chunk.length;) {
            if (left > 0) {
              const step = Math.min(left, chunk.length - at);
              left -= step;
              at += step;
              continue;
            }
            head.push(chunk[at++] ?? 0);
            if (head.length < HEADER) continue;
            left = head.splice(0).reduce((value, byte) => value * 256 + byte, 0);
            new Uint8Array(Math.min(left, MOST)).fill(1);
          }
          return right.decode(decoder, chunk);
        },
      };
    },
  },
  {
    name: "frame-copied-per-chunk",
    copies: "snapview/tungstenite-rs#376, msgpackr stream",
    flaw: "all that has come of a frame is copied and decoded again for every chunk",
    maxFrame: 4 * 1024 * 1024,
    change: () => (_, right) => {
      let kept = new Uint8Array(0);
      return {
        *decode(_decoder, chunk) {
          kept = concat([kept, chunk]);
          let used = 0;
          for (const frame of right.decoder().push(kept)) {
            used += HEADER + frame.length;
            yield frame;
          }
          kept = kept.subarray(used);
        },
      };
    },
  },
  {
    name: "stall-stops-the-others",
    copies: "conformance case 9.6",
    flaw: "while one connection is inside a frame, no other one is answered",
    change() {
      let turn: Promise<void> = Promise.resolve();
      return (link, right) => {
        let inside = 0;
        let leave: (() => void) | undefined;
        return {
          *decode(decoder, chunk) {
            inside += chunk.length;
            for (const frame of right.decode(decoder, chunk)) {
              inside -= HEADER + frame.length;
              yield frame;
            }
          },
          async answer(frames) {
            if (leave === undefined) {
              const before = turn;
              turn = new Promise((resolve) => leave = resolve);
              await before;
            }
            await link.echo(frames);
            if (inside > 0) return;
            leave?.();
            leave = undefined;
          },
          over: () => leave?.(),
        };
      };
    },
  },
];
