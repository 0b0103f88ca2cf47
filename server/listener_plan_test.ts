import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "../cli/options.ts";
import { LocalChat } from "./chat/local_chat.ts";
import { planListener } from "./listener_plan.ts";

const GRANTS = {
  limits: {
    maxFrameLength: 1000,
    handshakeTimeoutMs: 1,
    frameTimeoutMs: 1,
    idleTimeoutMs: 1,
    writeTimeoutMs: 1,
    minRate: 1,
  },
  services: {},
  chat: new LocalChat(),
  onFault: () => {},
};

Deno.test("a listener says what it speaks, or speaks nonstick/1", () => {
  for (
    const [url, service, spec] of [
      ["tcp://:0", "native", undefined],
      ["tcp://:0?speak=upper", "upper", undefined],
      ["tls://:0?speak=hello&framing=u32be", "hello", "u32be"],
      ["unix:///tmp/x?framing=slip", "echo", "slip"],
      ["stdio:?speak=upper", "upper", undefined],
      ["udp://:0", "echo", undefined],
      ["unixgram:///tmp/x?speak=hello", "hello", undefined],
    ] as const
  ) {
    const plan = planListener(url, GRANTS);
    assertEquals([plan.speak, plan.framing?.spec], [service, spec], url);
  }
});

Deno.test("a listener for programs suggests one that may be run", () => {
  const exec = { shell: false, maxOutput: 1, deadlineMs: 1 };
  for (
    const [programs, hint] of [
      ["any", "exec -- date"],
      [new Set(["ls", "date"]), "exec -- date"],
      [new Set(["ls", "cat"]), "exec -- ls"],
      [new Set(["/opt/my tools/x"]), "exec -- '/opt/my tools/x'"],
    ] as const
  ) {
    const grants = { ...GRANTS, exec: { ...exec, programs } };
    assertEquals(planListener("tcp://:0?speak=exec-i32le", grants).hint, hint);
  }
});

Deno.test("a listener that cannot work is refused before anything is opened", () => {
  for (
    const [url, problem] of [
      ["tcp://:0?speak=uper", "did you mean upper?"],
      ["tcp://:0?speak=files-json", "needs --root DIR"],
      ["tcp://:0?speak=files-pipe", "needs --root DIR --allow-write"],
      ["tcp://:0?speak=exec-raw", "needs --allow-exec"],
      ["tcp://:0?speak=chat-raw&framing=line", "has a form of its own"],
      ["tcp://:0?speak=xyzzy", "there are native, echo, upper, hello"],
      ["tcp://:70000", "port 70000"],
      ["udp://:0?speak=exec-raw", "exec-raw needs a stream; datagrams carry echo, upper, hello"],
      ["udp://:0?framing=u32be", "A datagram is a frame already"],
      ["ftp://:0", "not a scheme"],
      ["memory:x", "nobody outside this program"],
      ["tcp://:0?framing=u33be", "u33be"],
      ["tcp://:0?speek=echo", "did you mean speak?"],
      ["tcp://:0?speak=hello&framing=fixed:3", "cannot carry what hello says"],
    ] as const
  ) {
    assertStringIncludes(
      assertThrows(() => planListener(url, GRANTS), UsageError).message,
      problem,
    );
  }
});
