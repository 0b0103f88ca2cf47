import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parseAnyEndpoint } from "../protocol/transport/mod.ts";
import { dialectOf, withDialect } from "./dialect.ts";
import { UsageError } from "./options.ts";

function spoken(url: string, overrides = {}): [string | undefined, string | undefined] {
  const { speak, framing } = dialectOf(parseAnyEndpoint(url), overrides);
  return [speak, framing?.spec];
}

Deno.test("speak alone is raw, framing alone leaves the service open, neither is nonstick/1", () => {
  assertEquals(spoken("tcp://:1?speak=upper"), ["upper", undefined]);
  assertEquals(spoken("tcp://:1?speak=upper&framing=u32be"), ["upper", "u32be"]);
  assertEquals(spoken("tcp://:1?framing=netstring"), [undefined, "netstring"]);
  assertEquals(spoken("tcp://:1"), ["native", undefined]);
  assertEquals(spoken("tcp://:1?speak=native"), ["native", undefined]);
  assertEquals(spoken("udp://:1"), [undefined, undefined]);
  assertEquals(spoken("unixgram:///x?speak=hello"), ["hello", undefined]);
});

Deno.test("flags win over the URL", () => {
  const url = "tcp://:1?speak=upper&framing=u32be";
  assertEquals(spoken(url, { speak: "echo" }), ["echo", "u32be"]);
  assertEquals(spoken(url, { framing: "varint" }), ["upper", "varint"]);
  assertEquals(spoken("tcp://:1", { speak: "hello" }), ["hello", undefined]);
});

Deno.test("a dialect that cannot be used is refused", () => {
  for (
    const [url, problem] of [
      ["tcp://:1?speek=echo", "did you mean speak?"],
      ["tcp://:1?xyzzy=1", "its options are speak and framing"],
      ["tcp://:1?framing=u33be", "u33be"],
      ["tcp://:1?speak=native&framing=line", "has a framing of its own"],
      ["udp://:1?framing=line", "A datagram is a frame already"],
      ["udp://:1?speak=native", "native needs a stream, not udp"],
    ] as const
  ) assertStringIncludes(assertThrows(() => spoken(url), UsageError).message, problem);
});

Deno.test("withDialect is read back as the same dialect", () => {
  for (const query of ["speak=echo", "speak=hello&framing=u32be?includes=header%26adjust=-4"]) {
    const { speak = "", framing } = dialectOf(parseAnyEndpoint(`tcp://:1?${query}`));
    const url = withDialect("tcp://127.0.0.1:1", speak, framing);
    assertEquals(spoken(url), [speak, framing?.spec], url);
  }
  assertEquals(withDialect("tcp://127.0.0.1:1", "native", null), "tcp://127.0.0.1:1");
  assertEquals(withDialect("udp://[::1]:9", "upper", null), "udp://[::1]:9?speak=upper");
  const spec = dialectOf(parseAnyEndpoint("unix:///x?framing=netstring")).framing;
  assertEquals(withDialect("unix:///x", "echo", spec), "unix:///x?speak=echo&framing=netstring");
});
