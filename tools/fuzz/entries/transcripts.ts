/**
 * Conversations in nonstick/1, as their bytes: valid ones, and ones in which a member of a message is another value.
 * @module
 */
import { concat } from "@std/bytes/concat";
import type { RandomStream } from "../../../conformance/stimulus/random_stream.ts";
import type { EnvelopeHeader, JsonValue } from "../../../protocol/framing/mod.ts";
import { randomBytes } from "../mutate.ts";

const NONCE = "00".repeat(32);
const LIMITS = { part: 1024, window: 140_000 };
const SERVICES = ["echo", "upper", "hello", "files", "exec", "none"];
/** One message in so many gets another value somewhere. */
const SELDOM = 8;
const ODD_VALUES: readonly JsonValue[] = [
  ...[null, true, 0, -1, 1, 2, 1.5, 2 ** 53, 2 ** 31, "", "a", "\ud800", "__proto__", "toString"],
  ...[[], {}, [1], [[]], { part: 0, window: 0 }, { part: 1024, window: 2 ** 53 - 1 }, NONCE],
];

/** One message: its header, with a body of so many bytes. */
function message(random: RandomStream, header: EnvelopeHeader, body = 0): Uint8Array {
  const changed = random.below(SELDOM) === 0
    ? { ...header, [random.pick(Object.keys(header))]: random.pick(ODD_VALUES) }
    : header;
  const wire = encoded(body > 0 ? { ...changed, size: body } : changed);
  return concat([wire, randomBytes(random, body)]);
}

/** The wire form of any header, whether its size can be one or not. */
function encoded(header: EnvelopeHeader): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = new DataView(new ArrayBuffer(4));
  length.setUint32(0, json.length);
  return concat([new Uint8Array(length.buffer), json]);
}

function partsOf(random: RandomStream, id: number): Uint8Array[] {
  return Array.from({ length: random.below(4) }, () => {
    switch (random.below(5)) {
      case 0:
        return message(random, { type: "credit", id, bytes: random.below(2000) });
      case 1:
        return message(random, { type: "ping", id: random.below(9) });
      case 2:
        return message(random, { type: "data", id, about: { kind: "x" } });
      default:
        return message(random, { type: "data", id }, random.below(30));
    }
  });
}

function lastOf(random: RandomStream, id: number): Uint8Array {
  switch (random.below(6)) {
    case 0:
      return message(random, { type: "cancel", id });
    case 1:
      return message(random, { type: "error", id, code: "invalid", message: "no" });
    default:
      return message(random, { type: "end", id, result: { n: 1 } });
  }
}

function argsOf(random: RandomStream): EnvelopeHeader {
  const name = random.pick(["a.txt", "d/b", "../x", "", "new"]);
  return random.pick<EnvelopeHeader>([
    {},
    { argv: ["true"] },
    { op: "ls", path: "", recursive: true },
    { op: "get", name },
    { op: "put", name, overwrite: true },
  ]);
}

/** What a client says: hello, and some exchanges. */
export function clientTalk(random: RandomStream): Uint8Array {
  const hello = { nonstick: [1], type: "hello", software: "fuzz", limits: LIMITS, nonce: NONCE };
  const exchanges = Array.from({ length: random.below(4) }, (_, i) => {
    const service = random.pick(SERVICES);
    const open = { type: "open", id: i + 1, service, args: argsOf(random) };
    return [message(random, open), ...partsOf(random, i + 1), lastOf(random, i + 1)];
  });
  return concat([message(random, hello), ...exchanges.flat()]);
}

/** What a server says first: greeting and ready. */
export function serverOpening(random: RandomStream): Uint8Array {
  const greeting = {
    ...{ nonstick: [1], type: "greeting", software: "fuzz", limits: LIMITS },
    ...{ services: ["echo"], auth: "none", nonce: NONCE },
  };
  return concat([message(random, greeting), message(random, { type: "ready" })]);
}

/** What a server says in the first exchange, and behind it. */
export function serverAnswer(random: RandomStream): Uint8Array {
  const bye = random.below(4) === 0 ? [message(random, { type: "bye", message: "stop" })] : [];
  return concat([...partsOf(random, 1), lastOf(random, 1), ...bye]);
}

/** One header, for readers that need no bytes. */
export function headerText(random: RandomStream): Uint8Array {
  const talk = random.below(2) === 0 ? clientTalk(random) : serverOpening(random);
  const [length] = [new DataView(talk.buffer, talk.byteOffset).getUint32(0)];
  return talk.slice(4, 4 + length);
}
