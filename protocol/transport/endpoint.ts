import { isIPv4, isIPv6 } from "node:net";
import { domainToASCII } from "node:url";

/** Settings behind the `?` of an endpoint string, by name, in the order written. */
export type EndpointOptions = ReadonlyMap<string, string>;

/** A place to connect to or to listen on, for streams. Written as text with {@linkcode formatEndpoint}. */
export type Endpoint =
  | {
    readonly scheme: "tcp" | "tls";
    /** Name or address, IPv6 without brackets. */
    readonly hostname: string;
    /** 0 to 65535; 0 takes a free port when listening. */
    readonly port: number;
    readonly options: EndpointOptions;
  }
  | {
    readonly scheme: "quic";
    /** Name or address, IPv6 without brackets. */
    readonly hostname: string;
    /** 0 to 65535; 0 takes a free port when listening. */
    readonly port: number;
    readonly options: EndpointOptions;
  }
  | {
    readonly scheme: "unix";
    /** Path of the socket file. */
    readonly path: string;
    readonly options: EndpointOptions;
  }
  | { readonly scheme: "stdio"; readonly options: EndpointOptions }
  | {
    readonly scheme: "fd";
    /** The number under which whoever started this program left a socket open that listens: 3 is the first one. */
    readonly fd: number;
    readonly options: EndpointOptions;
  }
  | {
    readonly scheme: "memory";
    /** Name within this process. */
    readonly name: string;
    readonly options: EndpointOptions;
  };

/** A place to send datagrams to or to receive them at. Written as text with {@linkcode formatEndpoint}. */
export type DatagramEndpoint =
  | {
    readonly scheme: "udp";
    /** Name or address, IPv6 without brackets. */
    readonly hostname: string;
    /** 0 to 65535; 0 takes a free port. */
    readonly port: number;
    readonly options: EndpointOptions;
  }
  | {
    readonly scheme: "unixgram";
    /** Path of the socket file. */
    readonly path: string;
    readonly options: EndpointOptions;
  }
  | {
    readonly scheme: "memory";
    /** Name within this process; datagrams and streams have names apart. */
    readonly name: string;
    readonly options: EndpointOptions;
  };

/** How each kind of endpoint for streams is written. */
export const ENDPOINT_FORMS: Readonly<Record<Endpoint["scheme"], string>> = {
  tcp: "tcp://HOST:PORT",
  tls: "tls://HOST:PORT",
  quic: "quic://HOST:PORT",
  unix: "unix:///PATH",
  stdio: "stdio:",
  fd: "fd://NUMBER",
  memory: "memory:NAME",
};

/** How each kind of endpoint for datagrams is written. */
export const DATAGRAM_FORMS: Readonly<Record<DatagramEndpoint["scheme"], string>> = {
  udp: "udp://HOST:PORT",
  unixgram: "unixgram:///PATH",
  memory: "memory:NAME",
};

/** Which part of an endpoint string is wrong. */
export type EndpointPart = "scheme" | "hostname" | "port" | "path" | "name" | "options";

/** An endpoint string that cannot be used: which part is wrong, and what to write instead. */
export class EndpointError extends Error {
  /** The whole text. */
  readonly text: string;
  /** The part that is wrong. */
  readonly part: EndpointPart;

  /** Makes an error from the text, the part, and a sentence that ends it. */
  constructor(text: string, part: EndpointPart, problem: string) {
    super(`Cannot use endpoint ${JSON.stringify(text)}: ${problem}`);
    this.name = "EndpointError";
    this.text = text;
    this.part = part;
  }
}

/**
 * Reads an endpoint string, for streams.
 *
 * ```
 * tcp://127.0.0.1:7000   tcp://[::1]:0   tcp://:7000 (loopback)   tls://host:7443
 * quic://host:7443
 * unix:///run/x.sock     unix:x.sock (relative)   stdio:   memory:name
 * fd://3 (a listening socket that was left open for us)
 * tcp://:0?speak=echo&framing=u32be?includes=header
 * ```
 *
 * Options behind the first `?` are separated by `&` and percent-decoded; unlike in web forms `+` stays `+`.
 *
 * @example
 * ```ts
 * import { parseEndpoint } from "@nonstick/nonstick/transport";
 *
 * const endpoint = parseEndpoint("tcp://[::1]:7000?speak=echo&framing=json+u32be");
 * console.log(endpoint.scheme, endpoint.options.get("framing")); // tcp json+u32be
 * ```
 *
 * @throws {EndpointError} if a part is wrong; the message says which one and what is possible.
 */
export function parseEndpoint(text: string): Endpoint {
  const endpoint = parseAnyEndpoint(text);
  if (endpoint.scheme === "udp" || endpoint.scheme === "unixgram") {
    const instead = endpoint.scheme === "udp" ? "tcp" : "unix";
    const problem = `${endpoint.scheme} carries datagrams and this is for streams, use ${instead}`;
    throw new EndpointError(text, "scheme", problem);
  }
  return endpoint;
}

/**
 * Reads an endpoint string, for datagrams.
 *
 * ```
 * udp://127.0.0.1:7000   udp://[::1]:0   udp://:0 (loopback)   unixgram:///run/x.sock   memory:name
 * udp://:0?speak=echo
 * ```
 *
 * @example
 * ```ts
 * import { parseDatagramEndpoint } from "@nonstick/nonstick/transport";
 *
 * const endpoint = parseDatagramEndpoint("udp://[::1]:7000");
 * console.log(endpoint.scheme); // udp
 * ```
 *
 * @throws {EndpointError} if a part is wrong; the message says which one and what is possible.
 */
export function parseDatagramEndpoint(text: string): DatagramEndpoint {
  const endpoint = parseAnyEndpoint(text);
  switch (endpoint.scheme) {
    case "udp":
    case "unixgram":
    case "memory":
      return endpoint;
    default: {
      const problem = `${endpoint.scheme} carries streams and this is for datagrams, write one of `;
      throw new EndpointError(text, "scheme", problem + forms(DATAGRAM_FORMS));
    }
  }
}

/**
 * Reads an endpoint string, whether for streams or for datagrams.
 *
 * @example
 * ```ts
 * import { parseAnyEndpoint } from "@nonstick/nonstick/transport";
 *
 * console.log(parseAnyEndpoint("udp://:7000").scheme, parseAnyEndpoint("tcp://:7000").scheme); // udp tcp
 * ```
 *
 * @throws {EndpointError} if a part is wrong; the message says which one and what is possible.
 */
export function parseAnyEndpoint(text: string): Endpoint | DatagramEndpoint {
  const query = text.indexOf("?");
  const place = query < 0 ? text : text.slice(0, query);
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s.exec(place);
  const scheme = match?.[1]?.toLowerCase();
  const rest = match?.[2];
  if (scheme === undefined || rest === undefined || /^\d+$/.test(rest)) {
    throw new EndpointError(text, "scheme", `it has no scheme, write one of ${forms(ALL_FORMS)}`);
  }
  const options = parseOptions(text, query < 0 ? "" : text.slice(query + 1));
  switch (scheme) {
    case "tcp":
    case "tls":
    case "quic":
    case "udp":
      return { scheme, ...parseAuthority(text, scheme, rest), options };
    case "unix":
    case "unixgram":
      return { scheme, path: parsePath(text, scheme, rest), options };
    case "stdio":
      if (rest !== "" && rest !== "//") {
        throw new EndpointError(text, "path", "nothing follows stdio:");
      }
      return { scheme, options };
    case "fd":
      return { scheme, fd: parseFd(text, rest), options };
    case "memory":
      return { scheme, name: parseName(text, rest), options };
    default:
      throw new EndpointError(
        text,
        "scheme",
        `${JSON.stringify(scheme)} is not a scheme, write one of ${forms(ALL_FORMS)}`,
      );
  }
}

/**
 * The endpoint as text that {@linkcode parseEndpoint} or {@linkcode parseDatagramEndpoint} reads back. Options are left out unless asked for.
 *
 * @example
 * ```ts
 * import { formatEndpoint, parseEndpoint } from "@nonstick/nonstick/transport";
 *
 * console.log(formatEndpoint(parseEndpoint("tcp://:7000?speak=echo"))); // tcp://127.0.0.1:7000
 * ```
 */
export function formatEndpoint(
  endpoint: Endpoint | DatagramEndpoint,
  format: { options?: boolean } = {},
): string {
  const options = format.options ? formatOptions(endpoint.options) : "";
  switch (endpoint.scheme) {
    case "tcp":
    case "tls":
    case "quic":
    case "udp": {
      const { hostname, port } = endpoint;
      const host = hostname.includes(":") ? `[${hostname}]` : hostname;
      return `${endpoint.scheme}://${host}:${port}${options}`;
    }
    case "unix":
    case "unixgram": {
      const path = formatName(endpoint.path);
      return `${endpoint.scheme}:${path.startsWith("/") ? "//" : ""}${path}${options}`;
    }
    case "stdio":
      return `stdio:${options}`;
    case "fd":
      return `fd://${endpoint.fd}${options}`;
    case "memory":
      return `memory:${formatName(endpoint.name).replace(/^\/\//, "%2F/")}${options}`;
  }
}

/**
 * Whether connections to the endpoint are encrypted and its server shows a certificate: `tls` and `quic`.
 *
 * @example
 * ```ts
 * import { isEncrypted, parseEndpoint } from "@nonstick/nonstick/transport";
 *
 * console.log(isEncrypted(parseEndpoint("tls://:7443")), isEncrypted(parseEndpoint("tcp://:7000"))); // true false
 * ```
 */
export function isEncrypted<Place extends Endpoint | DatagramEndpoint>(
  endpoint: Place,
): endpoint is Place & { readonly scheme: "tls" | "quic" } {
  return endpoint.scheme === "tls" || endpoint.scheme === "quic";
}

/** Text behind a scheme; digits alone would be taken for a port. */
function formatName(text: string): string {
  const name = text.replace(/[%?]/g, encodeURIComponent);
  return /^\d+$/.test(name) ? `%3${name}` : name;
}

const ALL_FORMS = { ...ENDPOINT_FORMS, ...DATAGRAM_FORMS };

function forms(of: Readonly<Record<string, string>>): string {
  return Object.values(of).join(", ");
}

function parseAuthority(
  text: string,
  scheme: string,
  rest: string,
): { hostname: string; port: number } {
  const example = `${scheme}://127.0.0.1:7000`;
  if (!rest.startsWith("//")) {
    throw new EndpointError(text, "hostname", `two slashes are missing, as in ${example}`);
  }
  const authority = rest.slice(2).replace(/\/$/, "");
  const bracketed = authority.startsWith("[");
  const colon = bracketed ? authority.indexOf("]:") + 1 : authority.lastIndexOf(":");
  const host = colon > 0 || authority.startsWith(":") ? authority.slice(0, colon) : authority;
  const port = authority.slice(host.length);
  if (/[/@]/.test(authority)) {
    throw new EndpointError(text, "hostname", `only a host and a port are allowed: ${example}`);
  }
  if (!bracketed && host.includes(":")) {
    throw new EndpointError(
      text,
      "hostname",
      `an IPv6 address needs brackets: ${scheme}://[::1]:7000`,
    );
  }
  return { hostname: parseHostname(text, host), port: parsePort(text, port, scheme, host) };
}

function parseHostname(text: string, host: string): string {
  if (host === "") return "127.0.0.1";
  if (host.startsWith("[")) {
    const address = host.slice(1, -1);
    if (!host.endsWith("]") || !isIPv6(address)) {
      throw new EndpointError(text, "hostname", `${host} is not an IPv6 address in brackets`);
    }
    return address;
  }
  if (/^[\d.]+$/.test(host)) {
    if (!isIPv4(host)) {
      throw new EndpointError(text, "hostname", `${host} is not an IPv4 address`);
    }
    return host;
  }
  const ascii = /^[\x21-\x7e]*$/.test(host) ? host : domainToASCII(host);
  // What is not seen is dropped from names in other scripts, and digits of every script are digits: no address hides there.
  const hidden = ascii !== host && /^[\d.]+$/.test(ascii);
  if (hidden || !/^[A-Za-z0-9._-]+$/.test(ascii) || ascii.length > 253) {
    throw new EndpointError(text, "hostname", `${JSON.stringify(host)} is not a host name`);
  }
  return ascii;
}

function parsePort(text: string, port: string, scheme: string, host: string): number {
  if (port === "" || port === ":") {
    const example = `${scheme}://${host || "127.0.0.1"}:7000`;
    throw new EndpointError(text, "port", `the port is missing, as in ${example} (0: a free one)`);
  }
  const digits = port.slice(1);
  const value = /^\d{1,9}$/.test(digits) ? Number(digits) : NaN;
  if (!(value <= 65_535)) {
    throw new EndpointError(text, "port", `port ${digits} is not a number from 0 to 65535`);
  }
  return value;
}

function parsePath(text: string, scheme: string, rest: string): string {
  if (rest.startsWith("//") && !rest.startsWith("///")) {
    const full = `${scheme}:///run/x.sock`;
    const problem =
      `a full path has three slashes (${full}), a relative one none (${scheme}:x.sock)`;
    throw new EndpointError(text, "path", problem);
  }
  const path = decode(text, "path", rest.replace(/^\/\//, ""));
  if (path === "" || path.endsWith("/") || path.includes("\0")) {
    const problem = `the path of a socket file is needed: ${scheme}:///run/x.sock`;
    throw new EndpointError(text, "path", problem);
  }
  return path;
}

function parseFd(text: string, rest: string): number {
  const number = /^\/\/(\d{1,6})$/.exec(rest)?.[1];
  // 0, 1 and 2 are standard input, output and error.
  if (number !== undefined && Number(number) >= 3) return Number(number);
  throw new EndpointError(text, "name", "it is fd://3 for the first socket that was passed");
}

function parseName(text: string, rest: string): string {
  const name = decode(text, "name", rest.replace(/^\/\//, ""));
  if (name === "") throw new EndpointError(text, "name", "a name is needed, as in memory:test");
  return name;
}

function parseOptions(text: string, query: string): EndpointOptions {
  const options = new Map<string, string>();
  for (const part of query === "" ? [] : query.split("&")) {
    const equals = part.indexOf("=");
    const name = decode(text, "options", equals < 0 ? part : part.slice(0, equals));
    if (name === "") throw new EndpointError(text, "options", "an option without a name is there");
    if (options.has(name)) {
      throw new EndpointError(text, "options", `option ${JSON.stringify(name)} is there twice`);
    }
    options.set(name, equals < 0 ? "" : decode(text, "options", part.slice(equals + 1)));
  }
  return options;
}

function formatOptions(options: EndpointOptions): string {
  const parts: string[] = [];
  for (const [name, value] of options) {
    parts.push(
      `${name.replace(/[%&=]/g, encodeURIComponent)}=${value.replace(/[%&]/g, encodeURIComponent)}`,
    );
  }
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}

function decode(text: string, part: EndpointPart, value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new EndpointError(
      text,
      part,
      `the percent signs of ${JSON.stringify(value)} are not %XX`,
    );
  }
}
