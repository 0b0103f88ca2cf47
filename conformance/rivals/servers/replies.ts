import { concat } from "@std/bytes/concat";
import type { ServerBug } from "../server_bug.ts";

/** Bytes of a header of `u32be`. */
const HEADER = 4;

/** Bugs of replies: what was read rightly is answered wrongly. */
export const REPLY_BUGS: readonly ServerBug[] = [
  {
    name: "interleaved-writers",
    copies: "minghuaw/toy-rpc#4",
    flaw: "the frames of one read are answered by tasks that write header and payload apart",
    change: () => (link) => ({
      async answer(frames) {
        await Promise.all(
          frames.map(async (frame) => {
            const wire = link.encode(frame);
            await link.write(wire.subarray(0, HEADER));
            await link.write(wire.subarray(HEADER));
          }),
        );
      },
    }),
  },
  {
    name: "short-ones-first",
    copies: "conformance case 11.6 (each request a task, replies as they are done)",
    flaw: "of the frames of one read the shorter ones are answered first",
    change: () => (link) => ({
      answer: (frames) => link.echo(frames.toSorted((a, b) => a.length - b.length)),
    }),
  },
  {
    name: "answer-with-the-next",
    copies:
      "conformance case 1.7 (a reply that waits for one more byte, as with Nagle's algorithm)",
    flaw: "the last answer of a read is written only when another byte has come",
    change: () => (link) => {
      let kept: Uint8Array[] = [];
      return {
        async answer(frames) {
          const all = [...kept, ...frames];
          kept = all.splice(-1);
          await link.echo(all);
        },
        finish: () => link.echo(kept),
      };
    },
  },
  {
    name: "empty-answer-not-flushed",
    copies: "apple/servicetalk#730, apple/swift-nio-http2#51",
    flaw: "an answer without payload is written only with the next one that has some",
    change: () => (link) => {
      let kept: Uint8Array[] = [];
      return {
        async answer(frames) {
          const all = [...kept, ...frames];
          const last = all.findLastIndex((frame) => frame.length > 0);
          kept = all.splice(last + 1);
          await link.echo(all);
        },
        finish: () => link.echo(kept),
      };
    },
  },
  {
    name: "ring-of-1024",
    copies: "conformance case 2.2",
    flaw: "of the answers to one read no more than 1,024 are kept",
    change: () => (link) => ({ answer: (frames) => link.echo(frames.slice(-1024)) }),
  },
  {
    name: "short-write-forgotten",
    copies: "conformance case 11.3 (what write() did not take is not written again)",
    flaw: "what the socket does not take at once is lost",
    change: () => (link) => ({
      async answer(frames) {
        const wires = frames.map((frame) => link.encode(frame));
        if (wires.length > 0) await link.socket.write(concat(wires));
      },
    }),
  },
  {
    name: "length-in-characters",
    copies: "rome/tools#736, jeapostrophe/racket-langserver#76",
    flaw: "the header of an answer counts characters, not bytes",
    change: () => (link) => ({
      async answer(frames) {
        for (const frame of frames) {
          const wire = link.encode(frame).slice();
          const characters = new TextDecoder().decode(frame).length;
          new DataView(wire.buffer).setUint32(0, characters);
          await link.write(wire);
        }
      },
    }),
  },
  {
    name: "answer-as-text",
    copies: "modelcontextprotocol/typescript-sdk#2041",
    flaw: "payloads go through a string, and come back with replacement characters",
    change: () => (link) => ({
      answer: (frames) =>
        link.echo(
          frames.map((frame) => new TextEncoder().encode(new TextDecoder().decode(frame))),
        ),
    }),
  },
  {
    name: "answer-to-first-zero",
    copies: "conformance case 0.3 (C strings)",
    flaw: "an answer ends at the first zero byte of its payload",
    change: () => (link) => ({
      answer: (frames) =>
        link.echo(
          frames.map((frame) => {
            const zero = frame.indexOf(0);
            return zero < 0 ? frame : frame.subarray(0, zero);
          }),
        ),
    }),
  },
];
