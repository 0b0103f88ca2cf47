import { assert, assertEquals, assertMatch } from "@std/assert";
import { FrameTooLargeError } from "../protocol/framing/mod.ts";
import { DeadlineError } from "../protocol/session/mod.ts";
import { Log, LOG_LEVELS, type LogFormat, type LogLevel } from "./log.ts";

function logged(format: LogFormat, write: (log: Log) => void): string {
  const lines: string[] = [];
  write(new Log(format, "info", (line) => lines.push(line)));
  assertEquals(lines.length, 1);
  return lines[0] ?? "";
}

const PEER = { listener: "tcp://127.0.0.1:1", peer: "tcp://[::1]:2" };
const TOO_LARGE = new FrameTooLargeError(10, 11n, { offset: 40, frameIndex: 3 });

Deno.test("a text line has time, level, event and fields", () => {
  assertMatch(
    logged("text", (log) => log.failure(TOO_LARGE, PEER)),
    /^\d{4}-\d\d-\d\dT[\d:.]+Z warn {2}connection-failed listener=tcp:\/\/127.0.0.1:1 peer=tcp:\/\/\[::1\]:2 error=FrameTooLargeError code=FRAME_TOO_LARGE offset=40 frame=3 message="Frame of 11 bytes/,
  );
});

Deno.test("a JSON line has the same as an object", () => {
  const fields = JSON.parse(logged("json", (log) => log.failure(TOO_LARGE, PEER)));
  assertEquals(
    [fields.level, fields.event, fields.peer, fields.code, fields.offset, fields.frame],
    ["warn", "connection-failed", "tcp://[::1]:2", "FRAME_TOO_LARGE", 40, 3],
  );
});

Deno.test("peers' faults are warnings, ours are errors with their stack", () => {
  const level = (error: unknown) =>
    JSON.parse(logged("json", (log) => log.failure(error, PEER))).level;
  assertEquals(level(new DeadlineError("idle", 5)), "warn");
  assertEquals(level(new Deno.errors.ConnectionReset("reset")), "warn");
  assertEquals(level(new TypeError("a bug")), "error");
  assertEquals(level("thrown text"), "error");
  assertMatch(logged("text", (log) => log.failure(new TypeError("a bug"), PEER)), /stack="/);
});

Deno.test("a level leaves out what is not as bad", () => {
  const told = (least: LogLevel) => {
    const lines: string[] = [];
    const log = new Log("json", least, (line) => lines.push(JSON.parse(line).level));
    for (const level of LOG_LEVELS) log.add(level, "x");
    return lines;
  };
  LOG_LEVELS.forEach((least, i) => assertEquals(told(least), LOG_LEVELS.slice(i)));
});

Deno.test("no field can break the line or the terminal", () => {
  for (const format of ["text", "json"] as const) {
    const line = logged(format, (log) => log.add("info", "x", { evil: "a\nb\x1b[2J\u202e\x9b" }));
    for (const evil of "\n\x1b\u202e\x9b") assert(!line.includes(evil), line);
  }
});
