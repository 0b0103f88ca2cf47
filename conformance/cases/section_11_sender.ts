import { canCarry, type Contract } from "../stimulus/contract.ts";
import { framePart, Stimulus } from "../stimulus/stimulus.ts";
import { these } from "../strategy/deliveries.ts";
import { deliver } from "../strategy/delivery.ts";
import { type ConformanceCase, type Plan, type Scene, unsupported } from "./case.ts";
import { largeFrames } from "./pressure_streams.ts";

/** Sizes of payloads around which headers and buffers change. */
const SIZES = [0, 1, 9, 10, 99, 100, 127, 128, 255, 256, 999, 1000, 4095, 4096, 16_383, 16_384];
/** Bytes of answers that do not fit into what the kernel holds for a target. */
const LARGE_BYTES = 6 * 1024 * 1024;
/** Bytes that our kernel holds in 11.3. */
const WINDOW = 32 * 1024;
/** Connections that are busy at once in 11.6, and frames on each of them. */
const BUSY = 8;
const FRAMES = 400;

/** One, two, three and four bytes to a character; combined characters; right to left. */
const TEXTS = [
  "é",
  "€",
  "𝄞",
  "aé€𝄞",
  "e\u0301",
  "שלום",
  "日本語",
  "👩‍👩‍👧",
  "é".repeat(64),
  "€".repeat(43),
];

function needsAnswers({ contract }: Scene): Plan | undefined {
  return contract.expectation.answers ? undefined : unsupported("no answers are expected");
}

/** Whether the answer to an answer is the same again, so that what was written can be sent back. */
function isStable({ expectation }: Contract, payload: Uint8Array): boolean {
  const once = expectation.answer(payload);
  const twice = expectation.answer(once);
  return once.length === twice.length && once.every((byte, i) => byte === twice[i]);
}

/** Section 11: the target as sender. */
export const SENDER: readonly ConformanceCase[] = [
  {
    id: "11.1",
    title: "every byte of the output",
    level: "MUST",
    requirement:
      "What the target writes is whole frames from the first byte to the last, for every size of payload.",
    why:
      "A line feed behind a frame, a log line between two, a length that is one off: our next frame hides it, the end shows it.",
    issue: "https://github.com/prabirshrestha/vim-lsp/issues/1594",
    fix: "Write frames and nothing else to the connection; logs go elsewhere.",
    plan(scene) {
      const source = scene.payloads();
      const streams = [source.frames(SIZES), ...SIZES.map((size) => source.frames([size]))];
      return needsAnswers(scene) ?? {
        kind: "deliveries",
        packed: false,
        judge: "output",
        deliveries: these(streams.map((stream) => deliver(stream))),
      };
    },
  },
  {
    id: "11.2",
    title: "large answers at once",
    level: "MUST",
    requirement: "Answers that are under way at the same time are written one behind the other.",
    why:
      "A frame that is written in pieces while another one is written as well ends up inside of it.",
    issue: "https://github.com/minghuaw/toy-rpc/issues/4",
    fix: "One writer per connection: a queue, or a lock around whole frames.",
    plan(scene) {
      const much = largeFrames(scene, LARGE_BYTES);
      const deliveries = these([
        deliver(much, [], { pace: { reading: { bytes: 65_536, pauseMs: 0 } } }),
      ]);
      return needsAnswers(scene) ?? { kind: "deliveries", joins: true, deliveries };
    },
  },
  {
    id: "11.3",
    title: "short writes",
    level: "MUST",
    requirement: "A write that is taken only in part is continued where it stopped.",
    why:
      "`send()` and `write()` may take less than they are given; with a peer that reads slowly they do.",
    issue: "https://github.com/minghuaw/toy-rpc/issues/4",
    fix: "Look at how many bytes a write took, and write the rest: sendall, write_all, drain.",
    plan(scene) {
      const much = largeFrames(scene, LARGE_BYTES);
      const pace = { reading: "late", window: WINDOW } as const;
      return needsAnswers(scene) ?? {
        kind: "deliveries",
        joins: true,
        deliveries: these([deliver(much, [], { pace })]),
      };
    },
  },
  {
    id: "11.4",
    title: "header and body agree for characters of several bytes",
    level: "MUST",
    requirement: "The length that is announced counts bytes, not characters.",
    why: "As long as all text is ASCII the two are the same; the first é breaks the stream.",
    issue: "https://github.com/rome/tools/issues/736",
    fix: "Encode first, then measure what was encoded.",
    plan(scene) {
      const { contract } = scene;
      if (contract.expectation.letters !== undefined) {
        return unsupported(`${contract.expectation.name} takes plain letters only`);
      }
      const payloads = TEXTS.map((text) => new TextEncoder().encode(text))
        .filter((payload) => canCarry(contract, payload));
      if (payloads.length === 0) return unsupported("this framing carries no such text");
      const streams = payloads.map((payload) => {
        const after = scene.payloads().frame(3);
        return new Stimulus(contract, [framePart(contract, payload), after]);
      });
      return needsAnswers(scene) ?? {
        kind: "deliveries",
        packed: true,
        deliveries: these(streams.map((stream) => deliver(stream))),
      };
    },
  },
  {
    id: "11.5",
    title: "what it wrote, sent back to it",
    level: "MUST",
    requirement: "The target reads what it wrote, and writes it again: encode, decode, encode.",
    why: "Two halves of a codec that were written apart agree with us, but not with each other.",
    fix: "Test the encoder against the decoder, not only each against examples.",
    plan(scene) {
      const none = needsAnswers(scene);
      if (none) return none;
      const stimuli = [scene.payloads().frames(SIZES), scene.payloads("more").stream(2000)];
      const stable = stimuli.every(({ frames }) =>
        frames.every(({ payload }) => isStable(scene.contract, payload))
      );
      if (!stable) return unsupported("the answer to an answer is another one");
      return { kind: "round-trip", stimuli };
    },
  },
  {
    id: "11.6",
    title: "order under load",
    level: "MUST",
    requirement: "Answers come in the order of their requests, however busy the target is.",
    why: "Requests that are worked on side by side are done in another order than they came.",
    fix: "Answer in the order of arrival, or give requests numbers.",
    plan(scene) {
      const none = needsAnswers(scene);
      if (none) return none;
      const busy = Array.from({ length: BUSY }, (_, connection) => {
        const source = scene.payloads(`connection ${connection}`);
        // Long ones before short ones: what is worked on side by side overtakes.
        const sizes = Array.from({ length: FRAMES }, (_, i) => i % 8 === 0 ? 3000 : 4 + i % 29);
        return deliver(source.frames(sizes));
      });
      return { kind: "deliveries", joins: true, together: BUSY, deliveries: these(busy) };
    },
  },
];
