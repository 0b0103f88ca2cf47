import { assertEquals } from "@std/assert";
import { isSince } from "./runtime_version.ts";

Deno.test("versions are compared as numbers, not as text", () => {
  const since = ["1.46.3", "2.6.10", "2.7.99", "2.8.0", "2.10.0", "3.0.0"].filter((version) =>
    isSince([2, 8], version)
  );
  assertEquals(since, ["2.8.0", "2.10.0", "3.0.0"]);
});
