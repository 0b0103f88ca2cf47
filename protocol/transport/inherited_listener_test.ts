import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ListenError } from "./errors.ts";
import { requireInheritance } from "./inherited_listener.ts";
import { listen } from "./listen.ts";

Deno.test("a runtime that cannot take over a socket is told of, with what to do instead", () => {
  requireInheritance("fd://3", "2.8.0");
  const error = assertThrows(() => requireInheritance("fd://3", "2.6.10"), ListenError);
  assertEquals(
    [error.reason, error.message],
    [
      "unsupported",
      "Cannot listen on fd://3: this runtime, Deno 2.6.10, cannot take over a socket, 2.8 can; " +
      "listen here instead (--listen tcp://…), or let systemd accept (Accept=yes, StandardInput=socket) and serve stdio:",
    ],
  );
});

Deno.test("a number under which nothing is open is told", async () => {
  const error = await assertRejects(
    () => listen("fd://987"),
    ListenError,
    "passed under this number",
  );
  assertEquals(error.reason, "missing");
});
