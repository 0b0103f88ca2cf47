import { assertEquals } from "@std/assert";
import { RAW, requestStimulus } from "../exchange/stimuli.ts";
import type { ProcessEnd } from "../player/spawned_process.ts";
import { refusedPlay } from "../player/play.ts";
import { deliver } from "../strategy/delivery.ts";
import { judgeEnd, judgeTruncated, judgeWhole } from "./judge_output.ts";
import type { Output, OutputPlay } from "./output.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const exit = (code: number): ProcessEnd => ({ code, signal: null });

function output(text: string, end: ProcessEnd | undefined = exit(0)): Output {
  const stdout = encode(text);
  return { stdout, length: stdout.length, end };
}

function played(text: string, end?: ProcessEnd | "never", redialled = false): OutputPlay {
  const made = end === "never" ? { ...output(text), end: undefined } : output(text, end ?? exit(0));
  const delivery = deliver(requestStimulus([Uint8Array.of(1, 2)], RAW));
  return { ...refusedPlay(delivery, 1, 0), output: made, redialled };
}

const WHOLE = output("hello\n");
const SIGNALLED = { code: null, signal: "SIGSEGV" };

Deno.test("a whole stream: what is printed and how it ends must be the same", () => {
  const cause = (play: OutputPlay) => judgeWhole(play, WHOLE)?.cause;
  assertEquals(cause(played("hello\n")), undefined);
  assertEquals(cause(played("hel\n")), "LOST");
  assertEquals(cause(played("", exit(1))), "LOST");
  assertEquals(cause(played("help\n")), "CORRUPT");
  assertEquals(cause(played("hello\n", exit(1))), "CRASH");
  assertEquals(cause(played("hello\n", SIGNALLED)), "CRASH");
  assertEquals(cause(played("hello\n", "never")), "HANG");
});

Deno.test("a stream that was cut off: success must not be told", () => {
  const finding = (play: OutputPlay) => {
    const found = judgeTruncated(play, WHOLE);
    return found === null ? null : `${found.cause} ${found.level ?? "MUST"}`;
  };
  assertEquals(finding(played("hello\n")), "PHANTOM MUST");
  assertEquals(finding(played("hel\n")), "CORRUPT SHOULD");
  assertEquals(finding(played("hello\n", exit(1))), null);
  assertEquals(finding(played("")), null);
  assertEquals(finding(played("it was cut off\n")), null);
  assertEquals(finding(played("", SIGNALLED)), "CRASH MUST");
  assertEquals(finding(played("", "never")), "HANG MUST");
  assertEquals(finding(played("", "never", true)), null);
});

Deno.test("only the end: by a signal or not at all is wrong", () => {
  assertEquals(judgeEnd(played("anything", exit(3))), null);
  assertEquals(judgeEnd(played("", SIGNALLED))?.cause, "CRASH");
  assertEquals(judgeEnd(played("", { code: null, signal: "SIGPIPE" })), null);
  assertEquals(judgeEnd(played("", "never"))?.cause, "HANG");
});
