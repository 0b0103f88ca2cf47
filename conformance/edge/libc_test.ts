import { assertEquals, assertThrows } from "@std/assert";
import { EdgeProbeError } from "./edge_probe_error.ts";
import { Libc } from "./libc.ts";

Deno.test({
  name: "who lets go of the C library takes it from nobody else, and may do so twice",
  ignore: Deno.build.os !== "linux",
  fn() {
    const first = Libc.open(), second = Libc.open();
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    assertThrows(() => first.readLink("/proc/self"), EdgeProbeError, "closed");
    assertEquals(second.readLink("/proc/self"), `${Deno.pid}`);
    second[Symbol.dispose]();
    // That the last one has closed it is seen by the test runner, which looks for what is left open.
    using third = Libc.open();
    assertEquals(third.readLink("/proc/self"), `${Deno.pid}`);
  },
});
