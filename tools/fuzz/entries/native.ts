import { HARMLESS } from "../../../server/native/mod.ts";
import { execService } from "../../../server/native/exec.ts";
import { filesService } from "../../../server/native/files.ts";
import { FramingError } from "../../../protocol/framing/mod.ts";
import { messageOf } from "../../../protocol/native/message.ts";
import {
  ExchangeError,
  NativeClient,
  ProtocolError,
  serveNative,
} from "../../../protocol/native/mod.ts";
import { ConnectionClosedError, ConnectionLostError } from "../../../protocol/session/mod.ts";
import { attempt, type Entry, expect } from "../entry.ts";
import { FuzzDirectory } from "../fuzz_directory.ts";
import { HostilePeer } from "../hostile_peer.ts";
import { cutsOf, InputReader, pieces } from "../input_reader.ts";
import { concat } from "@std/bytes/concat";
import { clientTalk, headerText, serverAnswer, serverOpening } from "./transcripts.ts";

const WORDS = ["greeting", "hello", "ready", "open", "data", "credit", "end", "error", "cancel"]
  .concat([
    "ping",
    "pong",
    "bye",
    '"id":1',
    '"size":3',
    '"bytes":1',
    '"type":',
    "echo",
    "nonstick",
  ]);
/** What a connection may end with, on both sides. */
const ENDINGS = [ProtocolError, FramingError, ConnectionLostError, ConnectionClosedError];
const LIMITS = { part: 1024, window: 140_000 };
const TOKEN = new TextEncoder().encode("0123456789abcdef");
/** Nothing may be run. */
const NO_PROGRAM = { programs: new Set<string>(), maxOutput: 1000, deadlineMs: 1000 };

const MESSAGE: Entry = {
  name: "native/message",
  about: "the header of a message: ProtocolError alone",
  words: WORDS,
  valid: headerText,
  open: () => ({
    run(input) {
      const value: unknown = attempt(() => JSON.parse(new InputReader(input).text()), SyntaxError);
      if (!isRecord(value)) return;
      attempt(() => messageOf(value), ProtocolError);
    },
  }),
};

// | token or not | cuts | what the client says … |

const SERVER: Entry = {
  name: "native/server",
  about: "the server of nonstick/1 with echo, upper, hello, files and exec; a hostile client",
  words: WORDS,
  valid: (random) =>
    concat([Uint8Array.of(random.below(16), random.below(256)), clientTalk(random)]),
  async open() {
    const directory = await FuzzDirectory.open();
    const services = {
      ...HARMLESS,
      files: filesService({ root: directory.root, write: true }),
      exec: execService(NO_PROGRAM),
    };
    return {
      async run(input) {
        const reader = new InputReader(input);
        const token = reader.byte() === 0 ? { token: TOKEN } : {};
        const plan = reader.byte(), stream = reader.rest();
        const peer = new HostilePeer();
        const faults: unknown[] = [];
        const onFault = (error: unknown) => void faults.push(error);
        const serving = serveNative(peer.there, { services, limits: LIMITS, ...token, onFault })
          .then(() => undefined, (error: unknown) => error)
          .finally(() => peer.there.close());
        await peer.say(pieces(stream, cutsOf(plan, stream.length)));
        await peer.end();
        const error = await serving;
        await peer.close();
        await directory.used();
        if (error !== undefined) expect(error, ...ENDINGS);
        for (const fault of faults) expect(fault, ...ENDINGS, ExchangeError);
      },
      close: () => directory.close(),
    };
  },
};

// | cuts | bytes of the opening | opening … | answer … |

const CLIENT: Entry = {
  name: "native/client",
  about: "the client of nonstick/1 in an exchange; a hostile server",
  words: WORDS,
  valid: (random) => {
    const opening = serverOpening(random);
    const length = Uint8Array.of(opening.length >> 8, opening.length);
    return concat([Uint8Array.of(random.below(256)), length, opening, serverAnswer(random)]);
  },
  open: () => ({
    async run(input) {
      const reader = new InputReader(input);
      const plan = reader.byte();
      const opening = reader.bytes(reader.byte() << 8 | reader.byte()), answer = reader.rest();
      const peer = new HostilePeer();
      const talking = talk(peer).then(() => undefined, (error: unknown) => error);
      await peer.say(pieces(opening, cutsOf(plan, opening.length)));
      await new Promise<void>((resolve) => queueMicrotask(resolve));
      await peer.say(pieces(answer, cutsOf(plan, answer.length)));
      await peer.end();
      const error = await talking;
      await peer.close();
      if (error !== undefined) expect(error, ...ENDINGS, ExchangeError);
    },
  }),
};

async function talk(peer: HostilePeer): Promise<void> {
  const client = await NativeClient.over(peer.there, { limits: LIMITS });
  try {
    const exchange = await client.open("echo");
    await exchange.send(Uint8Array.of(1, 2, 3));
    await exchange.end();
    while (await exchange.receive() !== null);
    await exchange.result();
    await client.ping();
  } finally {
    client.close();
  }
}

function isRecord(value: unknown): value is Parameters<typeof messageOf>[0] {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Messages of nonstick/1 and both sides of it. */
export const NATIVE_ENTRIES: readonly Entry[] = [MESSAGE, SERVER, CLIENT];
