import { assertEquals, assertThrows } from "@std/assert";
import { CASES, PASSED } from "../report/testing.ts";
import { readReplayFile, ReplayFileError, replayFileOf, writeReplayFile } from "./replay_file.ts";

const ABOUT = {
  version: "1",
  seed: 7,
  target: "tcp://127.0.0.1:41234",
  endpoint: "tcp://127.0.0.1:0",
  spawn: "python3 server.py {port}",
  framing: "u32be",
  expect: "echo",
  maxFrame: 4096,
  overLimit: "skip",
} as const;

const failed = CASES.find(({ id }) => id === "1.2") ?? PASSED;

Deno.test("a replay file holds what it takes, not what made it", () => {
  const file = replayFileOf(ABOUT, failed);
  assertEquals(file, {
    target: "tcp://127.0.0.1:0",
    spawn: "python3 server.py {port}",
    framing: "u32be",
    expect: "echo",
    maxFrame: 4096,
    overLimit: "skip",
    stream: "000000026869",
    cuts: [2, 5],
    waits: [],
    end: "none",
    case: "1.2",
    cause: "CORRUPT",
    detail: failed.detail,
  });
  assertEquals(file && readReplayFile(writeReplayFile(file)), file);
  const given = { answer: "00ff", input: "610a", sends: ["61", ""] };
  const client = replayFileOf({ ...ABOUT, side: "client", ...given }, failed);
  assertEquals(client, file && { ...file, side: "client", ...given });
  assertEquals(client && readReplayFile(writeReplayFile(client)), client);
  assertEquals(replayFileOf(ABOUT, PASSED), undefined);
  assertEquals(replayFileOf({ ...ABOUT, expect: "something" }, failed), undefined);
});

Deno.test("what is no replay file is refused with a reason", () => {
  const file = replayFileOf(ABOUT, failed);
  const text = file === undefined ? "" : writeReplayFile(file);
  const wrong: Record<string, string> = {
    "JSON": "{",
    "its type is not replay": "{}",
    "format 9 is unknown": text.replace('"format": 1', '"format": 9'),
    "stream is not bytes in hex": text.replace("000000026869", "0"),
    "cuts[0] is not a number": text.replace(/"cuts": \[\s*2/, '"cuts": ["2"'),
    "input is not bytes in hex": text.replace('"expect":', '"input": "6", "expect":'),
    "expect is not one of": text.replace('"echo"', '"wish"'),
  };
  for (const [message, one] of Object.entries(wrong)) {
    assertThrows(() => readReplayFile(one), ReplayFileError, message);
  }
});
