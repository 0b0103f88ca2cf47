import { dialectOf, withDialect } from "../../../cli/dialect.ts";
import { UsageError } from "../../../cli/options.ts";
import {
  EndpointError,
  formatEndpoint,
  parseAnyEndpoint,
  parseDatagramEndpoint,
  parseEndpoint,
} from "../../../protocol/transport/mod.ts";
import { attempt, type Entry, must } from "../entry.ts";
import { textOf } from "../input_reader.ts";

const ENDPOINTS = [
  ...[
    "tcp://127.0.0.1:7000",
    "tcp://[::1]:0",
    "tcp://:7000",
    "tls://host.example:7443",
    "unix:x.sock",
  ],
  ...["unix:///run/x.sock?speak=echo", "udp://[::ffff:127.0.0.1]:9", "unixgram:///a%20b", "stdio:"],
  ...[
    "memory:name?x=1",
    "tcp://:0?speak=echo&framing=u32be?includes=header",
    "tcp://bücher.example:1",
  ],
  ...[
    "tcp://[fe80::1%25eth0]:1?speak=files-json",
    "udp://:0?speak=upper",
    "memory:a%3fb%25?a%26b=c%26",
  ],
];

/** Places to listen and to connect, and what their options say. */
export const ENDPOINT: Entry = {
  name: "endpoint",
  about: "EndpointError and UsageError alone; what was read is written and read again as the same",
  words: [
    "tcp:",
    "tls:",
    "unix:",
    "udp:",
    "unixgram:",
    "stdio:",
    "memory:",
    "//",
    "[",
    "]",
    "::1",
    "%",
    "%00",
  ]
    .concat(["?", "&", "=", "speak=", "framing=", "xn--", "@", "#", "127.0.0.1", ":0"]),
  valid: (random) => new TextEncoder().encode(random.pick(ENDPOINTS)),
  open: () => ({ run: (input) => check(textOf(input)) }),
};

function check(text: string): void {
  for (const parse of [parseEndpoint, parseDatagramEndpoint]) {
    attempt(() => parse(text), EndpointError);
  }
  const endpoint = attempt(() => parseAnyEndpoint(text), EndpointError);
  if (endpoint === undefined) return;
  const written = formatEndpoint(endpoint, { options: true });
  const again = parseAnyEndpoint(written);
  must(plain(again) === plain(endpoint), () => `${plain(endpoint)} is written as ${written}`);
  must(formatEndpoint(again, { options: true }) === written, () => `${written} is canonical`);
  const dialect = attempt(() => dialectOf(endpoint), UsageError);
  if (dialect?.speak === undefined || endpoint.scheme === "udp" || endpoint.scheme === "unixgram") {
    return;
  }
  const pasted = withDialect(formatEndpoint(endpoint), dialect.speak, dialect.framing);
  const read = dialectOf(parseAnyEndpoint(pasted));
  must(
    read.speak === dialect.speak && read.framing?.spec === dialect.framing?.spec,
    () => `what is to be pasted means the same: ${pasted}`,
  );
}

function plain(endpoint: ReturnType<typeof parseAnyEndpoint>): string {
  return JSON.stringify({ ...endpoint, options: [...endpoint.options] });
}
