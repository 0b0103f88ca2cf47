import { assertEquals, assertStringIncludes } from "@std/assert";
import { transportFailure } from "./errors.ts";

Deno.test("transportFailure() says what a failure of the runtime means", () => {
  const cases: [unknown, string, string][] = [
    [new Deno.errors.ConnectionRefused("x"), "refused", "is the server running?"],
    [new Deno.errors.NotFound("x"), "missing", "no such file or folder"],
    [new Deno.errors.AddrInUse("x"), "in-use", "choose another port"],
    [new Deno.errors.AddrNotAvailable("x"), "address", "no network card"],
    [new Deno.errors.PermissionDenied("x"), "denied", "does not allow it"],
    [new Deno.errors.NotCapable("Requires net access"), "denied", "Requires net access"],
    [new TypeError("path must be shorter than SUN_LEN"), "address", "use a shorter one"],
    [new Error("failed to lookup address information"), "unresolved", "check its spelling"],
    [new Error("No such host is known. (os error 11001)"), "unresolved", "check its spelling"],
    [new Deno.errors.InvalidData("invalid peer certificate: UnknownIssuer"), "tls", "not trusted"],
    [new Deno.errors.InvalidData("x InvalidContentType"), "tls", "does not speak TLS"],
    [new Deno.errors.InvalidData("certificate expired"), "tls", "certificate expired"],
    [new Error("keys may not be consistent: KeyMismatch"), "tls", "do not belong together"],
    [new Error("disk on fire"), "other", "disk on fire"],
    ["thrown text", "other", "thrown text"],
  ];
  for (const [error, reason, problem] of cases) {
    const found = transportFailure(error);
    assertEquals(found.reason, reason);
    assertStringIncludes(found.problem, problem);
  }
});
