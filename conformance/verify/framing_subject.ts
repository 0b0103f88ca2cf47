import {
  type FrameBatch,
  type FrameDecoder,
  type FrameDecoderOptions,
  type Framing,
  framing as framingOf,
  FramingError,
  Spec,
} from "../../protocol/framing/mod.ts";
import type { DecoderUnderTest, Settings, Subject } from "./subject.ts";

/** How the payloads of a batch are taken. */
type Take = (batch: FrameBatch) => Iterable<Uint8Array>;
/** How a chunk is fed. */
type Feed = (decoder: FrameDecoder, chunk: Uint8Array) => FrameBatch | null;

const views: Take = (batch) => batch;
const wire: Take = ({ buffer, wireStart, wireEnd }) => [buffer.subarray(wireStart, wireEnd)];
function* copies(batch: FrameBatch): Generator<Uint8Array> {
  for (let i = 0; i < batch.count; i++) yield batch.copy(i);
}

const push: Feed = (decoder, chunk) => decoder.push(chunk);
const readInPlace: Feed = (decoder, chunk) => {
  decoder.reserve(Math.max(1, chunk.length)).set(chunk);
  return decoder.commit(chunk.length);
};

/** One of our framings as a subject for the verifier: batches of views, with all else as other ways. */
export function framingSubject(framing: Framing): Subject {
  const maker = (feed: Feed, take: Take) => (settings: Settings): DecoderUnderTest =>
    FramingDecoder.make(framing, settings, feed, take);
  const claim = claimOf(bareOf(framing));
  return {
    name: framing.spec,
    create: maker(push, views),
    encode: (payload, { maxFrameLength }) =>
      framing.createEncoder({ maxFrameLength }).encode(payload),
    maxFrameLength: Math.max(framing.minPayload, Math.min(16, framing.maxPayload)),
    maxOverhead: framing.maxOverhead,
    payloadRange: [framing.minPayload, framing.maxPayload],
    shape: shapeOf(framing),
    canSkip: framing.canSkip,
    lifetime: "step",
    tail: new Spec(framing.spec).option("tail") === "frame" ? "frame" : "error",
    ways: [
      { name: "copies of frames", create: maker(push, copies), lifetime: "forever" },
      { name: "reads in place", create: maker(readInPlace, views), lifetime: "step" },
    ],
    ...(claim === undefined ? {} : { claim }),
    ...(keepsWire(framing) ? { relay: maker(push, wire) } : {}),
    describeError: (error) =>
      error instanceof FramingError
        ? `${error.name} ${error.code} @${error.offset}: ${error.message}`
        : String(error),
  };
}

/** Our decoder behind the verifier's interface. */
class FramingDecoder implements DecoderUnderTest {
  readonly #decoder: FrameDecoder;
  readonly #feed: Feed;
  readonly #take: Take;
  /** Copies of a decoder share the callback: it writes into the reports of the one that is at work. */
  readonly #listener: { reports: string[] };
  #reports: string[];

  private constructor(
    decoder: FrameDecoder,
    feed: Feed,
    take: Take,
    listener: { reports: string[] },
    reports: string[],
  ) {
    this.#decoder = decoder;
    this.#feed = feed;
    this.#take = take;
    this.#listener = listener;
    this.#reports = reports;
  }

  static make(framing: Framing, settings: Settings, feed: Feed, take: Take): FramingDecoder {
    const listener: { reports: string[] } = { reports: [] };
    const options: FrameDecoderOptions = {
      ...settings,
      onSkip: ({ name, message }) => listener.reports.push(`${name}: ${message}`),
    };
    return new FramingDecoder(framing.createDecoder(options), feed, take, listener, []);
  }

  *push(chunk: Uint8Array): Generator<Uint8Array> {
    this.#listen();
    yield* this.#drain(this.#feed(this.#decoder, chunk));
  }

  *end(): Generator<Uint8Array> {
    this.#listen();
    yield* this.#drain(this.#decoder.end());
  }

  *#drain(first: FrameBatch | null): Generator<Uint8Array> {
    for (let batch = first; batch !== null; batch = this.#decoder.next()) yield* this.#take(batch);
  }

  #listen(): void {
    this.#listener.reports = this.#reports;
  }

  fork(): FramingDecoder {
    return new FramingDecoder(
      this.#decoder.fork(),
      this.#feed,
      this.#take,
      this.#listener,
      this.#reports.slice(),
    );
  }

  fingerprint(): string {
    return this.#decoder.fingerprint();
  }

  bufferedLength(): number {
    return this.#decoder.bufferedLength;
  }

  allocatedLength(): number {
    return this.#decoder.allocatedLength;
  }

  work(): number {
    return this.#decoder.work;
  }

  reports(): readonly string[] {
    return this.#reports;
  }
}

/** Whether decoders of this framing keep the frames as they came on the wire. */
function keepsWire(framing: Framing): boolean {
  const payload = shapeOf(framing)(new Uint8Array(Math.max(1, framing.minPayload)).fill(0x61));
  const batch = framing.createDecoder().push(framing.createEncoder().encode(payload));
  return batch !== null && batch.wireStart >= 0;
}

/**
 * Makes a payload that the framing can carry, of the same length. With `strip` less than the header a part of the header
 * is in the payload and has to say the truth.
 */
function shapeOf(framing: Framing): (payload: Uint8Array) => Uint8Array {
  const bare = bareOf(framing);
  if (bare === framing) return (payload) => payload;
  const strip = Number(new Spec(framing.spec).option("strip"));
  return (payload) => {
    const body = payload.subarray(framing.minPayload - bare.minPayload);
    return bare.createEncoder().encode(body).subarray(strip);
  };
}

/** The framing with all of its header stripped. */
function bareOf(framing: Framing): Framing {
  const strips = new Spec(framing.spec).option("strip")?.match(/^[0-9]+$/) ?? null;
  if (strips === null) return framing;
  return framingOf(framing.spec.replace(/strip=\d+&?/, "").replace(/[?&]$/, ""));
}

const GIB = 2 ** 30;

/**
 * The first bytes of a frame of 1 GiB, or of the largest that the framing can say; undefined when frames do not start
 * with their length. The payload is memory that is never touched, and so costs nothing.
 */
function claimOf(framing: Framing): Uint8Array | undefined {
  const { minPayload, maxPayload } = framing;
  const [small, large] = [100, 101].map((length) => headOf(framing, length));
  if (maxPayload < 101 || minPayload > 100 || String(small) === String(large)) return undefined;
  return headOf(framing, Math.min(GIB, maxPayload));
}

/** What stands in front of a payload of `length` bytes, if anything does. */
function headOf(framing: Framing, length: number): Uint8Array | undefined {
  const payload = new Uint8Array(length);
  try {
    const [head, body] = framing.createEncoder({ maxFrameLength: GIB }).encodeParts(payload);
    return body === payload ? head : undefined;
  } catch (error) {
    if (error instanceof FramingError) return undefined;
    throw error;
  }
}
