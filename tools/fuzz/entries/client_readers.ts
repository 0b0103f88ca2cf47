import { concat } from "@std/bytes/concat";
import type { RandomStream } from "../../../conformance/stimulus/random_stream.ts";
import { EXEC_DIALECTS } from "../../../client/dialects/exec.ts";
import { lengthIn, readHeader } from "../../../client/dialects/json_header.ts";
import { RawStream } from "../../../client/dialects/raw_stream.ts";
import { IntegrityError, RemoteError } from "../../../client/errors.ts";
import { HttpResponse } from "../../../client/fetch/http_response.ts";
import { Patience } from "../../../client/patience.ts";
import { AdapterChannel } from "../../../conformance/decoder/adapter_channel.ts";
import { AdapterError } from "../../../conformance/decoder/adapter_error.ts";
import { readEncoded, readHello, readStep } from "../../../conformance/decoder/answers.ts";
import { envelope, framing } from "../../../protocol/framing/mod.ts";
import type { MemoryConnection } from "../../../protocol/transport/mod.ts";
import { type Entry, expect, must } from "../entry.ts";
import { HostilePeer } from "../hostile_peer.ts";
import { cutsOf, InputReader, pieces } from "../input_reader.ts";
import { randomBytes } from "../mutate.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
/** Longer than any input takes. */
const PATIENCE_MS = 60_000;
const U32 = framing("u32be").createEncoder(), I32 = framing("i32le").createEncoder();
const JSON_I32 = envelope("json+i32le?size=filesize");

/** Something of ours that reads what a hostile program says. */
interface ReaderOf {
  readonly name: string;
  readonly about: string;
  readonly answer: (random: RandomStream) => Uint8Array;
  readonly words?: readonly string[];
  /** Reads everything; throws what is documented. */
  readonly read: (connection: MemoryConnection) => Promise<void>;
}

const body = (random: RandomStream) => randomBytes(random, random.below(30));

function execAnswer(name: string, random: RandomStream): Uint8Array {
  const output = body(random);
  switch (name) {
    case "exec-i32le":
      return I32.encode(output);
    case "exec-json":
      return concat([I32.encode(utf8(`{"total_size":${output.length},"md5":""}`)), output]);
    case "exec-info":
      return concat([utf8(`info|${output.length}`), output]);
    default:
      return output;
  }
}

const READERS: readonly ReaderOf[] = [
  ...Object.entries(EXEC_DIALECTS).map(([name, { answer }]): ReaderOf => ({
    name,
    about: "output of a command: RemoteError and IntegrityError alone",
    answer: (random) => execAnswer(name, random),
    words: ["info|", '"total_size":', '"md5":', "{}"],
    read: async (connection) => {
      const patience = new Patience(PATIENCE_MS, () => {});
      for await (const piece of answer(new RawStream({ connection, patience }))) {
        must(piece.length > 0, "a piece has bytes");
      }
    },
  })),
  {
    name: "files-json",
    about: "a file: RemoteError alone, no byte more than its header says",
    answer: (random) => {
      const bytes = body(random);
      return concat([JSON_I32.encodeHeader({ isfile: true, filesize: bytes.length }), bytes]);
    },
    words: ['"isfile":true', '"filesize":', "{}"],
    read: async (connection) => {
      const patience = new Patience(PATIENCE_MS, () => {});
      const stream = new RawStream({ connection, patience });
      const filesize = lengthIn(await readHeader(stream), "filesize");
      let have = 0;
      for await (const piece of stream.pieces(filesize)) have += piece.length;
      must(have === filesize, "a file has the bytes that its header says");
    },
  },
  {
    name: "http",
    about: "a response: RemoteError and IntegrityError alone",
    answer: (random) => {
      const bytes = body(random), size = bytes.length;
      return random.below(2) === 0
        ? concat([utf8(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`), bytes])
        : concat([
          utf8(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${size.toString(16)}\r\n`),
          bytes,
          utf8("\r\n0\r\n\r\n"),
        ]);
    },
    words: [
      "\r\n",
      ": ",
      "Content-Length: 5",
      "Transfer-Encoding: chunked",
      "HTTP/1.1 100 Continue\r\n\r\n",
    ]
      .concat(["204", "304", "ffffffffffff", ";a=b", "\r\n\r\n", ",", " "]),
    read: async (connection) => {
      const response = new HttpResponse(connection, new Patience(PATIENCE_MS, () => {}));
      const head = await response.head();
      must(head.status >= 200 && head.status <= 999, "a status is one");
      for await (const piece of response.body(head)) must(piece.length > 0, "a piece has bytes");
    },
  },
  {
    name: "adapter",
    about: "answers of a decoder under test: AdapterError alone",
    answer: (random) => {
      const answers = [
        ...['{"version":1,"name":"x","codecs":["u8"],"features":["end"]}', '{"bytes":"00ff"}'],
        ...['{"frames":["00"],"error":{"code":"x","offset":1}}', '{"unsupported":"x"}'],
      ];
      return concat(Array.from({ length: 3 }, () => U32.encode(utf8(random.pick(answers)))));
    },
    words: ['"version":1', '"frames":', '"error":', '"unsupported":', '"bytes":', '"features":'],
    read: async (connection) => {
      const channel = new AdapterChannel(connection, PATIENCE_MS);
      const asked = [
        channel.ask({ do: "hello", version: 1 }, readHello),
        channel.ask({ do: "end", decoder: 1 }, readStep),
        channel.ask({ do: "end", decoder: 1 }, readEncoded),
      ];
      const answers = await Promise.allSettled<unknown>(asked);
      await channel.close();
      for (const one of answers) if (one.status === "rejected") expect(one.reason, AdapterError);
    },
  },
];

// | cuts | answers … |

/** What the client and the conformance runner read from servers and adapters. */
export const CLIENT_READER_ENTRIES: readonly Entry[] = READERS.map((one) => ({
  name: `reader/${one.name}`,
  about: one.about,
  words: [...one.words ?? []],
  valid: (random) => concat([Uint8Array.of(random.below(256)), one.answer(random)]),
  open: () => ({
    async run(input) {
      const reader = new InputReader(input);
      const plan = reader.byte(), stream = reader.rest();
      const peer = new HostilePeer();
      const reading = one.read(peer.there).then(() => undefined, (error: unknown) => error)
        .finally(() => peer.there.close());
      await peer.say(pieces(stream, cutsOf(plan, stream.length)));
      await peer.end();
      const error = await reading;
      await peer.close();
      if (error !== undefined) expect(error, RemoteError, IntegrityError);
    },
  }),
}));
