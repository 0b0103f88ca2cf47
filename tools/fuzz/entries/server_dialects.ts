import { concat } from "@std/bytes/concat";
import type { RandomStream } from "../../../conformance/stimulus/random_stream.ts";
import { envelope, framing, FramingError } from "../../../protocol/framing/mod.ts";
import { ExchangeError } from "../../../protocol/native/mod.ts";
import { ConnectionClosedError, ConnectionLostError } from "../../../protocol/session/mod.ts";
import { LocalChat } from "../../../server/chat/local_chat.ts";
import { operatorDialect, roomDialect } from "../../../server/dialects/chat_raw_dialect.ts";
import { EXEC_FORMS, execDialect } from "../../../server/dialects/exec_dialect.ts";
import { filesJsonDialect, filesPipeDialect } from "../../../server/dialects/files_dialect.ts";
import { framedDialect } from "../../../server/dialects/framed_dialect.ts";
import { rawDialect } from "../../../server/dialects/raw_dialect.ts";
import type { ConnectionHandler } from "../../../server/serve.ts";
import { SERVICES } from "../../../server/services/mod.ts";
import { printable } from "../../../cli/printable.ts";
import { type Entry, expect, must } from "../entry.ts";
import { FuzzDirectory } from "../fuzz_directory.ts";
import { HostilePeer } from "../hostile_peer.ts";
import { cutsOf, InputReader, pieces } from "../input_reader.ts";
import { randomBytes } from "../mutate.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const LIMITS = {
  ...{ maxFrameLength: 4096, handshakeTimeoutMs: 60_000, frameTimeoutMs: 60_000 },
  ...{ idleTimeoutMs: 60_000, writeTimeoutMs: 60_000, minRate: 1 },
};
/** Nothing may be run. */
const NO_PROGRAM = { programs: new Set<string>(), maxOutput: 1000, deadlineMs: 1000, shell: false };
const FRAMINGS = ["u32be", "line?strip=cr", "netstring", "slip", "json+u32be"].map(framing);
const FILES_JSON = envelope("json+i32le?size=filesize");
/** What a handler may end with. Errors of the system are what a connection that is closed gives. */
const ENDINGS = [FramingError, ExchangeError, ConnectionLostError, ConnectionClosedError]
  .concat([Deno.errors.BrokenPipe, Deno.errors.Interrupted]);

/** A dialect: its name, what serves it, and what its clients say. */
interface Spoken {
  readonly name: string;
  readonly handler: (directory: FuzzDirectory) => ConnectionHandler;
  readonly request: (random: RandomStream) => Uint8Array;
  readonly words?: readonly string[];
}

const text = (random: RandomStream) =>
  utf8(random.pick(["hello", "粘包", "exit", "a\u001b[2J", ""]));
const command = (random: RandomStream) =>
  utf8(random.pick(["ls -l", "true", "exit", "printf 'a b'", "'", "/bin/sh -c 'x'", "../x", ""]));

const SPOKEN: readonly Spoken[] = [
  ...SERVICES.flatMap((service): Spoken[] => [
    { name: service.name, handler: () => rawDialect(service, LIMITS), request: text },
    ...FRAMINGS.map((one): Spoken => ({
      name: `${service.name}+${one.spec}`,
      handler: () => framedDialect(service, one, LIMITS),
      request: (random) => one.createEncoder().encode(concat([Uint8Array.of(65), text(random)])),
    })),
  ]),
  ...Object.entries(EXEC_FORMS).map(([name, { pauseMs: _, ...form }]): Spoken => ({
    name,
    // Only time keeps the two parts of exec-info apart; here it would be all there is.
    handler: () => execDialect(form, NO_PROGRAM, LIMITS),
    request: command,
    words: ["'", '"', "\\", "exit", "\u0000"],
  })),
  {
    name: "files-json",
    handler: ({ root }) => filesJsonDialect({ root, write: true }, LIMITS),
    request: (random) => {
      const filename = random.pick(["a.txt", "d/b", "new", "../x", "/etc/passwd", "d"]);
      const body = randomBytes(random, random.below(20));
      return random.below(2) === 0
        ? FILES_JSON.encodeHeader({ cmd: "get", filename })
        : concat([FILES_JSON.encodeHeader({ cmd: "put", filename, filesize: body.length }), body]);
    },
    words: ['"cmd":"put"', '"cmd":"get"', '"filename":', '"filesize":', "../", "a.txt"],
  },
  {
    name: "files-pipe",
    handler: ({ root }) => filesPipeDialect({ root, write: true }, LIMITS),
    request: (random) => {
      const body = randomBytes(random, random.below(9));
      return concat([utf8(`post|${body.length}|${random.pick(["new", "../x", "d/c"])}`), body]);
    },
    words: ["post|", "|", "post|0|", "../"],
  },
  { name: "chat-raw", handler: () => roomDialect(new LocalChat(), LIMITS), request: text },
  { name: "chat-raw-operator", handler: () => operatorDialect(OPERATOR, LIMITS), request: text },
];

/** Whoever sits at the terminal must be shown nothing harmful. */
const OPERATOR = {
  show: (_: string, said: string) =>
    must(printable(said) === said, "the operator sees harmless text"),
  onLine: () => ({ [Symbol.dispose]() {} }),
};

// | cuts | requests … |

/** Every dialect of the server, each under its own name. */
export const SERVER_DIALECT_ENTRIES: readonly Entry[] = SPOKEN.map((spoken) => ({
  name: `server/${spoken.name}`,
  about:
    "the errors of framings, exchanges and closed connections alone; no program, no file outside",
  words: [...spoken.words ?? []],
  valid: (random) => {
    const requests = Array.from({ length: 1 + random.below(3) }, () => spoken.request(random));
    return concat([Uint8Array.of(random.below(256)), ...requests]);
  },
  async open() {
    const directory = await FuzzDirectory.open();
    const handler = spoken.handler(directory);
    const context = { endpoint: "memory:fuzz", signal: new AbortController().signal, admit() {} };
    return {
      async run(input) {
        const reader = new InputReader(input);
        const plan = reader.byte(), stream = reader.rest();
        const peer = new HostilePeer();
        const serving = Promise.resolve(handler(peer.there, context))
          .then(() => undefined, (error: unknown) => error)
          .finally(() => peer.there.close());
        await peer.say(pieces(stream, cutsOf(plan, stream.length)));
        await peer.end();
        const error = await serving;
        await peer.close();
        await directory.used();
        if (error !== undefined) expect(error, ...ENDINGS);
      },
      close: () => directory.close(),
    };
  },
}));
