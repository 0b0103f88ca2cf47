import { PlainError } from "../../zoo/plain_decoder.ts";
import { HeldAnswers } from "../held_answers.ts";
import type { ServerBug } from "../server_bug.ts";

/** Bytes of a header of `u32be`. */
const HEADER = 4;

/** The process of the server ends, as by an error that nobody caught. */
function crash(): never {
  Deno.exit(70);
}

/** At the end of the stream held answers are dropped; when there was an error they are not. */
function dropAtEnd(answers: HeldAnswers): (error: unknown) => Promise<void> {
  return (error) => {
    if (error === undefined) answers.drop();
    return answers.flush();
  };
}

/** Bugs of ends: how a connection is over, or a frame breaks off. */
export const END_BUGS: readonly ServerBug[] = [
  {
    name: "crash-on-reset",
    copies: "evs-broadcast/node-emberplus#23, nodejs/help#1807",
    flaw: "a connection that is reset takes the process down",
    change: () => () => ({
      over: (error) => {
        if (error instanceof Deno.errors.ConnectionReset) crash();
      },
    }),
  },
  {
    name: "crash-on-truncation",
    copies: "conformance case 8.2 (an unexpected end that nobody catches)",
    flaw: "a stream that ends inside a frame takes the process down",
    change: () => () => ({
      over: (error) => {
        if (error instanceof PlainError && error.code === "TRUNCATED_FRAME") crash();
      },
    }),
  },
  {
    name: "crash-on-malformed-length",
    copies: "conformance case 7.2 (a number that cannot be read is an error nobody catches)",
    flaw: "a length that cannot be read takes the process down",
    spec: "netstring",
    change: () => () => ({
      over: (error) => {
        if (error instanceof PlainError && error.code === "MALFORMED_FRAME") crash();
      },
    }),
  },
  {
    name: "crash-on-claim",
    copies: "CVE-2026-25541 (bytes), conformance case 3.5",
    flaw: "a claim over the limit takes the process down, as an allocation that fails",
    change: () => () => ({
      over: (error) => {
        if (error instanceof PlainError && error.code === "FRAME_TOO_LARGE") crash();
      },
    }),
  },
  {
    name: "accept-loop-dies",
    copies: "conformance case 0.7",
    flaw: "an error on a connection ends the loop that accepts new ones",
    habits: { stopsAtError: true },
  },
  {
    name: "half-close-is-close",
    copies: "conformance case 8.3",
    flaw: "when the peer has ended its side, answers that are not out yet are dropped",
    change: () => (link) => {
      const answers = new HeldAnswers(link);
      return { answer: (frames) => answers.hold(frames), finish: dropAtEnd(answers) };
    },
  },
  {
    name: "split-frame-lost-at-close",
    copies: "MDA2AV/HttpArena#1453",
    flaw: "a frame that came in pieces is answered later, and not at all when the end comes first",
    change: () => (link, right) => {
      const answers = new HeldAnswers(link);
      let inside = 0;
      let torn = false;
      return {
        *decode(decoder, chunk) {
          torn = inside > 0;
          inside += chunk.length;
          for (const frame of right.decode(decoder, chunk)) {
            inside -= HEADER + frame.length;
            yield frame;
          }
        },
        async answer(frames) {
          if (torn && frames.length > 0) return await answers.hold(frames);
          await answers.flush();
          await link.echo(frames);
        },
        finish: dropAtEnd(answers),
      };
    },
  },
  {
    name: "last-answer-again-at-end",
    copies: "netty/netty#10417",
    flaw: "the last frame is answered once more when the stream ends",
    change: () => (_, right) => {
      let last: Uint8Array | undefined;
      return {
        *decode(decoder, chunk) {
          for (const frame of right.decode(decoder, chunk)) yield last = frame;
        },
        *atEnd(decoder) {
          if (last !== undefined) yield last;
          yield* right.atEnd(decoder);
        },
      };
    },
  },
  {
    name: "empty-answer-at-end",
    copies: "lesismal/nbio#28",
    flaw: "the end of the stream is an empty read, and answered as an empty frame",
    change: () => (_, right) => ({
      *atEnd(decoder) {
        yield new Uint8Array(0);
        yield* right.atEnd(decoder);
      },
    }),
  },
];
