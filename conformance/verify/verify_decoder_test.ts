import { assert, assertEquals, assertThrows } from "@std/assert";
import { framing } from "../../protocol/framing/mod.ts";
import { parseReplay } from "./delivery.ts";
import { formatVerification } from "./format.ts";
import { play } from "./play.ts";
import type { DecoderUnderTest, Subject } from "./subject.ts";
import { toSubject, verifyDecoder } from "./verify_decoder.ts";

/** One byte of length, then the payload. The bug: what is left of a chunk is forgotten. */
class Naive implements DecoderUnderTest {
  *push(chunk: Uint8Array): Generator<Uint8Array> {
    for (let at = 0; at < chunk.length;) {
      const length = chunk[at] ?? 0;
      yield chunk.slice(at + 1, at + 1 + length);
      at += 1 + length;
    }
  }
  end(): void {}
}

const NAIVE: Subject = {
  name: "naive",
  create: () => new Naive(),
  samples: [
    { name: "long", bytes: Uint8Array.of(1, 97, 2, 104, 105, 5, 119, 111, 114, 108, 100, 0) },
  ],
};

/** Ours, as anyone would give it: only `push` and `end`. */
function bare(spec: string): Subject {
  const { create, encode } = toSubject(spec);
  return {
    name: `bare ${spec}`,
    create(settings) {
      const decoder = create(settings);
      return {
        *push(chunk) {
          for (const frame of decoder.push(chunk)) yield frame.slice();
        },
        end: () => decoder.end(),
      };
    },
    ...(encode === undefined ? {} : { encode }),
  };
}

Deno.test("a naive decoder is failed with a stream and cuts that anyone can replay", () => {
  const { ok, failures } = verifyDecoder(NAIVE);
  assert(!ok);
  const failure = failures.find(({ check }) => check === "single cut");
  assertEquals(failure?.law, "L1");
  const { sample, delivery } = parseReplay(failure?.replay ?? "");
  assertEquals([sample.bytes.length, delivery.cuts], [2, [1]]);
  const frames = (cuts: number[]) =>
    play(NAIVE, sample, { cuts }).frames.map((frame) => frame.payload.length);
  assert(String(frames([1])) !== String(frames([])), failure?.replay);
});

Deno.test("what the interface does not allow is reported as not checked, never as passed", () => {
  const { ok, checks, laws } = verifyDecoder(bare("netstring"), { longest: 24 });
  assert(ok);
  const skipped = checks.filter((check) => check.notChecked !== undefined);
  assertEquals(
    skipped.map((check) => [check.name, check.total]),
    [["closure", 0], ["relay", 0], ["other ways", 0], ["flood", 0], ["claim", 0], ["work", 0]],
  );
  const verdicts = Object.fromEntries(laws.map((law) => [law.law, law.verdict]));
  assertEquals(verdicts.L5, "not checked");
  assertEquals(verdicts.L1, "held");
  assert(laws.find((law) => law.law === "L1")?.notChecked[0]?.startsWith("closure: needs"));
});

Deno.test("a false expectation fails the control run, and only that blames no cuts", () => {
  const wrong = {
    name: "wrong",
    bytes: Uint8Array.of(1, 97),
    frames: [{ payload: Uint8Array.of(98), end: 2 }],
  };
  const { failures } = verifyDecoder("u8", { samples: [wrong], longest: 0 });
  assertEquals(failures.map(({ check, law }) => [check, law]), [
    ["control", "L2"],
    ["end everywhere", "L2"],
  ]);
  assertEquals(failures[0]?.replay, "--stream 0161");
});

Deno.test("a frame that comes late, at the end, is a broken law L3", () => {
  const late: Subject = {
    name: "late",
    create() {
      let held: Uint8Array | undefined;
      return {
        *push(chunk) {
          if (chunk.length === 0) return;
          if (held !== undefined) yield held;
          held = chunk.slice();
        },
        *end() {
          if (held !== undefined) yield held;
        },
      };
    },
    samples: [{
      name: "one",
      bytes: Uint8Array.of(7),
      frames: [{ payload: Uint8Array.of(7), end: 1 }],
    }],
  };
  const { failures } = verifyDecoder(late, { checks: ["control"] });
  assertEquals(failures[0]?.text, "0 frames came, 1 are in the stream");
});

Deno.test("a way that loses bytes and a relay that drops a header are found", () => {
  const subject = toSubject("u8");
  const lossy: Subject["create"] = (settings) => {
    const decoder = subject.create(settings);
    return {
      *push(chunk) {
        for (const frame of decoder.push(chunk)) yield frame.subarray(0, frame.length - 1);
      },
      end: () => decoder.end(),
    };
  };
  const { failures } = verifyDecoder({
    ...subject,
    ways: [{ name: "lossy", create: lossy }],
    relay: subject.create,
  }, { longest: 24 });
  assertEquals(failures.map(({ check, law }) => [check, law]), [
    ["relay", "L2"],
    ["other ways", "L1"],
  ]);
});

Deno.test("states that differ in hiding are found by the closure proof", () => {
  // Frames are right for every chunking, but the state remembers how the bytes were cut.
  const make = (decoder: DecoderUnderTest, chunks: number): DecoderUnderTest => ({
    push(chunk) {
      if (chunk.length > 0) chunks++;
      return decoder.push(chunk);
    },
    end: () => decoder.end(),
    fork: () => make(decoder.fork?.() ?? decoder, chunks),
    fingerprint: () => `${decoder.fingerprint?.()} ${chunks}`,
  });
  const { create } = toSubject("u8");
  const { failures } = verifyDecoder(
    {
      name: "counts chunks",
      create: (settings) => make(create(settings), 0),
      samples: [{ name: "two bytes", bytes: Uint8Array.of(1, 97) }],
      lifetime: "step",
    },
    { checks: ["single cut", "closure"] },
  );
  assertEquals(failures.map(({ check }) => check), ["closure"]);
  assertEquals(failures[0]?.replay, "--stream 0161, then bytes 0 to 2 in one chunk");
});

Deno.test("a fork that shares its state is found", () => {
  const { create } = toSubject("u8");
  const { failures } = verifyDecoder({
    name: "shares",
    create(settings) {
      const decoder = create(settings);
      const twin: DecoderUnderTest = {
        push: (chunk) => decoder.push(chunk),
        end: () => decoder.end(),
        fork: () => twin,
        fingerprint: () => decoder.fingerprint?.() ?? "",
      };
      return twin;
    },
    samples: [{ name: "two bytes", bytes: Uint8Array.of(1, 97) }],
  }, { checks: ["closure"] });
  assertEquals(failures.length, 1);
});

Deno.test("the same seed gives the same result, to the last number", () => {
  const run = (seed: number) =>
    JSON.stringify(verifyDecoder("cobs", { seed, longest: 24, checks: ["single cut", "closure"] }));
  assertEquals(run(7), run(7));
  assert(run(7) !== run(8));
});

Deno.test("stopAtFailure stops each check at its first failed run", () => {
  const all = verifyDecoder(NAIVE, { checks: ["single cut"] }).checks[0];
  const first = verifyDecoder(NAIVE, { checks: ["single cut"], stopAtFailure: true }).checks[0];
  assertEquals(all?.total, 11);
  assertEquals([first?.passed, first?.total], [0, 1]);
});

Deno.test("unknown checks and subjects without streams are refused", () => {
  assertThrows(() => verifyDecoder("u8", { checks: ["magic"] }), RangeError, "there are control,");
  assertThrows(
    () => verifyDecoder({ name: "none", create: () => new Naive() }),
    RangeError,
    "neither samples nor an encoder",
  );
});

Deno.test("formatVerification names laws, numbers, gaps and the line to replay", () => {
  const text = formatVerification(verifyDecoder(NAIVE));
  for (
    const part of ["naive: ", "L1 broken", "not checked: needs fork()", "  --stream 0161 --cuts 1"]
  ) {
    assert(text.includes(part), `"${part}" is missing in:\n${text}`);
  }
  assert(
    formatVerification(verifyDecoder(framing("u8"), { longest: 9 })).includes("no law broken"),
  );
});
