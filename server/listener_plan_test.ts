import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "../cli/options.ts";
import { planListener } from "./listener_plan.ts";

const LIMITS = {
  maxFrameLength: 1000,
  handshakeTimeoutMs: 1,
  frameTimeoutMs: 1,
  idleTimeoutMs: 1,
  writeTimeoutMs: 1,
};

Deno.test("a listener says what it speaks, or echoes lines", () => {
  for (
    const [url, service, spec] of [
      ["tcp://:0", "echo", "line"],
      ["tcp://:0?speak=upper", "upper", undefined],
      ["tls://:0?speak=hello&framing=u32be", "hello", "u32be"],
      ["unix:///tmp/x?framing=slip", "echo", "slip"],
      ["stdio:?speak=upper", "upper", undefined],
    ] as const
  ) {
    const plan = planListener(url, LIMITS);
    assertEquals([plan.service.name, plan.framing?.spec], [service, spec], url);
  }
});

Deno.test("a listener that cannot work is refused before anything is opened", () => {
  for (
    const [url, problem] of [
      ["tcp://:0?speak=uper", "did you mean upper?"],
      ["tcp://:0?speak=files-json", "there are echo, upper, hello"],
      ["tcp://:70000", "port 70000"],
      ["ftp://:0", "not a scheme"],
      ["memory:x", "nobody outside this program"],
      ["tcp://:0?framing=u33be", "u33be"],
      ["tcp://:0?speek=echo", "did you mean speak?"],
      ["tcp://:0?speak=hello&framing=fixed:3", "cannot carry what hello says"],
    ] as const
  ) {
    assertStringIncludes(
      assertThrows(() => planListener(url, LIMITS), UsageError).message,
      problem,
    );
  }
});
