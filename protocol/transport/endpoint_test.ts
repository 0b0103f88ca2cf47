import { assertEquals, assertThrows } from "@std/assert";
import {
  EndpointError,
  formatEndpoint,
  parseAnyEndpoint,
  parseDatagramEndpoint,
  parseEndpoint,
} from "./endpoint.ts";

/** What `text` is read as, options as pairs. */
function read(text: string): unknown {
  const { options, ...place } = parseEndpoint(text);
  return options.size === 0 ? place : { ...place, options: [...options] };
}

Deno.test("parseEndpoint() reads every scheme", () => {
  const cases: [string, unknown][] = [
    ["tcp://127.0.0.1:7000", { scheme: "tcp", hostname: "127.0.0.1", port: 7000 }],
    ["tcp://localhost:65535", { scheme: "tcp", hostname: "localhost", port: 65535 }],
    ["tcp://[::1]:0", { scheme: "tcp", hostname: "::1", port: 0 }],
    ["TLS://host.example:7443/", { scheme: "tls", hostname: "host.example", port: 7443 }],
    ["tcp://0.0.0.0:1", { scheme: "tcp", hostname: "0.0.0.0", port: 1 }],
    ["unix:///run/x.sock", { scheme: "unix", path: "/run/x.sock" }],
    ["unix:/run/x.sock", { scheme: "unix", path: "/run/x.sock" }],
    ["unix:x.sock", { scheme: "unix", path: "x.sock" }],
    ["unix:///tmp/a%20b%3F%25.sock", { scheme: "unix", path: "/tmp/a b?%.sock" }],
    ["stdio:", { scheme: "stdio" }],
    ["fd://3", { scheme: "fd", fd: 3 }],
    ["memory:test", { scheme: "memory", name: "test" }],
  ];
  for (const [text, expected] of cases) assertEquals(read(text), expected, text);
});

Deno.test("parseEndpoint() takes loopback when the host is left out", () => {
  assertEquals(read("tcp://:7000"), { scheme: "tcp", hostname: "127.0.0.1", port: 7000 });
  assertEquals(read("tls://:0"), { scheme: "tls", hostname: "127.0.0.1", port: 0 });
});

Deno.test("parseEndpoint() writes host names outside ASCII as DNS does", () => {
  assertEquals(read("tcp://bücher.example:1"), {
    scheme: "tcp",
    hostname: "xn--bcher-kva.example",
    port: 1,
  });
});

Deno.test("parseEndpoint() reads options without the habits of web forms", () => {
  const options = (text: string) => [...parseEndpoint(text).options];
  assertEquals(options("tcp://:0?speak=echo&framing=u32be?includes=header"), [
    ["speak", "echo"],
    ["framing", "u32be?includes=header"],
  ]);
  assertEquals(options("tcp://:0?framing=json+u32be"), [["framing", "json+u32be"]]);
  assertEquals(options("tcp://:0?framing=u32be%3Foffset=2%26strip=1&x"), [
    ["framing", "u32be?offset=2&strip=1"],
    ["x", ""],
  ]);
  assertEquals(options("unix:x.sock?a=1=2"), [["a", "1=2"]]);
  assertEquals(options("stdio:?a=%E4%B8%AD"), [["a", "中"]]);
  assertEquals(options("tcp://:0?"), []);
});

Deno.test("parseEndpoint() says which part is wrong and what is possible", () => {
  const cases: [string, string, string][] = [
    ["", "scheme", "write one of tcp://HOST:PORT"],
    ["127.0.0.1:7000", "scheme", "it has no scheme"],
    ["localhost:7000", "scheme", "it has no scheme"],
    ["http://x:1", "scheme", '"http" is not a scheme, write one of tcp://HOST:PORT, tls://'],
    ["udp://127.0.0.1:1", "scheme", "udp carries datagrams and this is for streams, use tcp"],
    ["unixgram:///x", "scheme", "unixgram carries datagrams and this is for streams, use unix"],
    ["tcp:127.0.0.1:7000", "hostname", "two slashes are missing"],
    ["tcp://user@host:1", "hostname", "only a host and a port"],
    ["tcp://host:1/path", "hostname", "only a host and a port"],
    ["tcp://::1:7000", "hostname", "an IPv6 address needs brackets"],
    ["tcp://[::1", "hostname", "is not an IPv6 address"],
    ["tcp://[127.0.0.1]:1", "hostname", "is not an IPv6 address"],
    ["tcp://256.0.0.1:1", "hostname", "256.0.0.1 is not an IPv4 address"],
    ["tcp://a b:1", "hostname", '"a b" is not a host name'],
    ["tcp://\u200b1:0", "hostname", '"\u200b1" is not a host name'],
    ["tcp://１２７.0.0.1:0", "hostname", '"１２７.0.0.1" is not a host name'],
    ["tcp://host", "port", "the port is missing, as in tcp://host:7000"],
    ["tcp://host:", "port", "the port is missing"],
    ["tcp://[::1]", "port", "the port is missing"],
    ["tcp://", "port", "the port is missing, as in tcp://127.0.0.1:7000"],
    ["tcp://host:65536", "port", "port 65536 is not a number from 0 to 65535"],
    ["tcp://host:-1", "port", "port -1 is not a number"],
    ["tcp://host:0x10", "port", "port 0x10 is not a number"],
    ["tcp://host:99999999999999999999", "port", "is not a number from 0"],
    ["unix://x.sock", "path", "three slashes"],
    ["fd://2", "name", "it is fd://3 for the first"],
    ["fd:///3", "name", "it is fd://3"],
    ["fd://x", "name", "it is fd://3"],
    ["unix:", "path", "the path of a socket file is needed"],
    ["unix:///", "path", "the path of a socket file is needed"],
    ["unix:///a%00b", "path", "the path of a socket file is needed"],
    ["unix:///a%zz", "path", "are not %XX"],
    ["stdio:x", "path", "nothing follows stdio:"],
    ["memory:", "name", "a name is needed"],
    ["tcp://:0?=1", "options", "without a name"],
    ["tcp://:0?a=1&a=2", "options", 'option "a" is there twice'],
    ["tcp://:0?a=%", "options", "are not %XX"],
  ];
  for (const [text, part, message] of cases) {
    const error = assertThrows(() => parseEndpoint(text), EndpointError, message, text);
    assertEquals([error.part, error.text], [part, text]);
  }
});

Deno.test("parseDatagramEndpoint() reads places for datagrams and no others", () => {
  const cases: [string, unknown][] = [
    ["udp://127.0.0.1:7000", { scheme: "udp", hostname: "127.0.0.1", port: 7000 }],
    ["UDP://[::1]:0/", { scheme: "udp", hostname: "::1", port: 0 }],
    ["udp://:0", { scheme: "udp", hostname: "127.0.0.1", port: 0 }],
    ["unixgram:///run/x.sock", { scheme: "unixgram", path: "/run/x.sock" }],
    ["unixgram:x.sock", { scheme: "unixgram", path: "x.sock" }],
    ["memory:test", { scheme: "memory", name: "test" }],
  ];
  for (const [text, expected] of cases) {
    const { options, ...place } = parseDatagramEndpoint(`${text}?speak=echo`);
    assertEquals([place, [...options]], [expected, [["speak", "echo"]]], text);
    assertEquals(parseAnyEndpoint(text).scheme, place.scheme);
  }
  for (
    const [text, part, message] of [
      ["tcp://:1", "scheme", "tcp carries streams and this is for datagrams, write one of udp://"],
      ["stdio:", "scheme", "stdio carries streams"],
      ["udp:1", "scheme", "it has no scheme"],
      ["udp://host", "port", "the port is missing, as in udp://host:7000"],
      ["udp://:65536", "port", "port 65536 is not a number"],
      ["unixgram://x", "path", "(unixgram:///run/x.sock), a relative one none (unixgram:x.sock)"],
    ] as const
  ) {
    const error = assertThrows(() => parseDatagramEndpoint(text), EndpointError, message, text);
    assertEquals(error.part, part);
  }
});

Deno.test("formatEndpoint() writes what parseEndpoint() reads back", () => {
  for (
    const text of [
      "tcp://127.0.0.1:7000?speak=echo&framing=u32be?includes=header",
      "tls://[::1]:0?a=50%25%26&b%3D=",
      "unix:///tmp/a b%3F%25.sock?x=1",
      "unix:x.sock",
      "stdio:?framing=json+u32be",
      "memory:a%3Fb",
      "memory:%35",
      "memory:%2F/x",
      "unix:%370",
      "udp://[::1]:7?speak=echo",
      "unixgram:///tmp/a b%3F.sock?x=1",
      "unixgram:x.sock",
    ]
  ) {
    const endpoint = parseAnyEndpoint(text);
    assertEquals(formatEndpoint(endpoint, { options: true }), text);
    assertEquals(formatEndpoint(endpoint), text.replace(/\?.*/, ""));
  }
});
