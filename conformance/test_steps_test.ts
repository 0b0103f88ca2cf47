import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { conformance, ConformanceError, type TestSteps } from "./test_steps.ts";
import { echo, targetCommand, testServer, UNHURRIED } from "./testing.ts";

Deno.test("a right server: every case is a step", async (t) => {
  await using server = await testServer("tcp://127.0.0.1:0", "u32be", echo);
  const result = await conformance(t, server.endpoint, {
    ...UNHURRIED,
    framing: "u32be",
    expect: "echo",
    cases: ["1.4", "2.1"],
  });
  assertEquals(result.verdict, "PASS");
});

Deno.test("a wrong server: the step that fails shows the smallest delivery and how to play it again", async () => {
  const failed: string[] = [], ignored: string[] = [];
  const steps: TestSteps = {
    step({ name, ignore, fn }) {
      if (ignore) ignored.push(name);
      else if (name.startsWith("1.1 ")) {
        const error = assertThrows(fn, ConformanceError);
        failed.push(error.message);
        assertEquals(error.result.cause, "PHANTOM");
      } else fn();
      return Promise.resolve(true);
    },
  };
  const options = {
    ...UNHURRIED,
    // For the smallest delivery there is, and the cause that this stream shows.
    shrinkMs: 30_000,
    seed: 1,
    framing: "u32be",
    expect: "echo",
    spawn: targetCommand("recv4_whole.py"),
    cases: ["1.1", "4.5"],
  } as const;
  await assertRejects(
    () => conformance(steps, "tcp://127.0.0.1:0", options),
    Error,
    "The target is no pass: FAIL",
  );
  const [message = ""] = failed;
  assertStringIncludes(message, "FAIL PHANTOM 1.1 every single cut");
  assert(/replay: nonstick-conformance run .* --stream 0+ --cuts \d/.test(message), message);
  assert(ignored.some((name) => name.startsWith("4.5 ")), ignored.join());
});

Deno.test("a target that is not there fails the test, with no step at all", async () => {
  const steps: TestSteps = { step: () => Promise.reject(new Error("a step")) };
  await assertRejects(
    () => conformance(steps, "tcp://127.0.0.1:1", { framing: "u32be", expect: "echo" }),
    Error,
    "The target is not there",
  );
});
