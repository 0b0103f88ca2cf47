import { basename, dirname } from "node:path";
import { UsageError } from "../../cli/options.ts";
import { printable } from "../../cli/printable.ts";
import { VERSION } from "../../cli/version.ts";
import { FileRoot, PartialFile } from "../../protocol/files/mod.ts";
import { connect, type Endpoint } from "../../protocol/transport/mod.ts";
import { RemoteError, TimeoutError } from "../errors.ts";
import { type HttpHead, HttpResponse } from "../fetch/http_response.ts";
import { Patience } from "../patience.ts";
import { tlsSettings } from "../trust/tls_settings.ts";
import type { LoneCommand, LoneContext } from "./command.ts";

/** Most redirects that are followed. */
const MOST_REDIRECTS = 10;

/** `nonstick fetch URL [-o FILE]` */
export const FETCH: LoneCommand = {
  name: "fetch",
  form: "URL",
  words: [1, 1],
  summary:
    "get a URL by hand-made HTTP/1.1, to stdout or a file; the head goes to stderr with --head",
  options: ["output", "overwrite", "location", "head"],
  examples: [
    ["nonstick fetch http://example.com/", "what the tutorials do with a bare socket, done right"],
    ["nonstick fetch -L -o page.html https://example.com/", "over TLS, redirects followed"],
  ],
  runAlone: async (context) => {
    let url = urlOf(context.words[0] ?? "");
    for (let i = 0;; i++) {
      const next = await fetchOne(context, url);
      if (next === null) return;
      if (i === MOST_REDIRECTS) throw new RemoteError(`More than ${MOST_REDIRECTS} redirects`);
      url = next;
    }
  },
};

/** Gets one URL; resolves to where it leads instead, if that is to be followed. */
async function fetchOne(context: LoneContext, url: URL): Promise<URL | null> {
  const { settings } = context;
  const endpoint = endpointOf(url);
  const connection = await connect(endpoint, {
    connectTimeoutMs: settings.timeout,
    ...(endpoint.scheme === "tls" ? { tls: await tlsSettings(endpoint, settings) } : {}),
  });
  const patience = new Patience(settings.timeout, () => connection.close());
  try {
    const request = new TextEncoder().encode(requestOf(url));
    for (let at = 0; at < request.length;) {
      at += await patience.during(connection.write(request.subarray(at)));
    }
    const response = new HttpResponse(connection, patience);
    const head = await response.head();
    if (settings.head) showHead(head);
    const target = redirectOf(head, url);
    if (target !== null) {
      console.error(printable(`${head.status} ${url.href} -> ${target.href}`));
      if (settings.location) return target;
      throw new RemoteError("It is somewhere else now; -L follows");
    }
    await keep(context, response.body(head), url);
    if (head.status >= 400) throw new RemoteError(`HTTP ${head.status} ${head.reason}`);
    return null;
  } catch (error) {
    if (patience.expired) {
      throw new TimeoutError(`${url.host} says nothing within ${settings.timeout / 1000} s`);
    }
    throw error;
  } finally {
    patience.stop();
    connection.close();
  }
}

/** Writes the body where it was asked for; a file is there only when it is whole. */
async function keep(
  { settings, output }: LoneContext,
  body: AsyncIterable<Uint8Array>,
  url: URL,
): Promise<void> {
  const path = settings.output ?? "-";
  if (path === "-") {
    for await (const bytes of body) await output.bytes(bytes);
    return;
  }
  const name = basename(path), root = await FileRoot.open(dirname(path));
  const whenExists = settings.overwrite ? "overwrite" as const : "refuse" as const;
  const options = { whenExists, resumable: false };
  const file = await PartialFile.open(root, name, { name: url.href }, options);
  try {
    await file.cut(0);
    for await (const bytes of body) await file.write(bytes);
    await file.commit();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw new UsageError(`Cannot fetch ${text}: a URL begins with http:// or https://.`);
}

function endpointOf(url: URL): Endpoint {
  const tls = url.protocol === "https:";
  return {
    scheme: tls ? "tls" : "tcp",
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? tls ? 443 : 80 : Number(url.port),
    options: new Map(),
  };
}

/** One request, and the connection is over (RFC 9112, 3 and 9.6). */
function requestOf(url: URL): string {
  return [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    `User-Agent: nonstick/${VERSION}`,
    "Accept: */*",
    "Connection: close",
    "",
    "",
  ].join("\r\n");
}

function redirectOf({ status, fields }: HttpHead, from: URL): URL | null {
  const location = fields.get("location");
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return null;
  if (!URL.canParse(location, from)) {
    throw new RemoteError(`It leads to ${location}, which is no URL`);
  }
  const target = new URL(location, from);
  if (from.protocol === "https:" && target.protocol !== "https:") {
    throw new RemoteError(`It leads from https to ${target.href}, which is not followed`);
  }
  return urlOf(target.href);
}

function showHead({ status, reason, fields }: HttpHead): void {
  console.error(printable(`HTTP ${status} ${reason}`));
  for (const [name, value] of fields) console.error(printable(`${name}: ${value}`));
}
