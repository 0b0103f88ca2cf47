import { equals } from "@std/bytes/equals";
import {
  type Framing,
  framing as framingOf,
  FramingError,
  FramingSpecError,
} from "../../protocol/framing/mod.ts";
import { hexBytes } from "../../protocol/framing/hex.ts";
import type { Contract } from "../stimulus/contract.ts";
import { framePart, type Part, Stimulus } from "../stimulus/stimulus.ts";
import type { Delivery } from "../strategy/delivery.ts";
import { byteText } from "./byte_pattern.ts";
import { quoted } from "./compare_streams.ts";
import { type Due, takeBytes, takeCount, takeFrame, takePattern, wholePattern } from "./due.ts";
import { JsonPlace } from "./json_place.ts";
import { type Json, type Scenario, ScenarioError } from "./scenario.ts";
import { atSeams, contractOf, RAW } from "./stimuli.ts";

/** Most bytes that one `count` takes, and the longest delay in ms. */
const MOST_COUNT = 2 ** 24, MOST_DELAY = 60_000;
/** Most things that a scenario expects; each frame is one. */
const MOST_DUES = 2 ** 16;

/** A scenario made ready: the stream, and what is due where. */
export interface Conversation {
  /** Each send in one chunk, with waits where something is due. */
  readonly base: Delivery;
  /** Where one send ends and the next one begins. */
  readonly seams: readonly number[];
  /** Seams at which nothing is due. */
  readonly free: readonly number[];
  /** Pauses in ms by place. */
  readonly pauses: ReadonlyMap<number, number>;
  /** What is expected, in order. */
  readonly dues: readonly Due[];
  /** As the scenario says. */
  readonly pipelining: boolean;
  /** Framings in words: `u32be`, or `raw, answers line`. */
  readonly framing: string;
}

/**
 * Reads a scenario from the text of a file.
 *
 * @throws {ScenarioError} if it is no JSON, or no scenario.
 */
export function parseScenario(text: string): Scenario {
  let value: Json & Scenario;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ScenarioError("$", `is no JSON: ${error instanceof Error ? error.message : error}`);
  }
  conversationOf(value);
  return value;
}

/**
 * Makes a scenario ready to be played.
 *
 * @throws {ScenarioError} if something in it cannot be used.
 */
export function conversationOf(scenario: Scenario): Conversation {
  const document: Json = JSON.parse(JSON.stringify(scenario));
  const top = new JsonPlace(document);
  const fields = top.fields("$schema", "name", "about", "framing", "pipelining", "steps");
  if ((fields.name ?? top.fail('has no "name"')).text() === "") fields.name?.fail("is empty");
  fields.about?.text();
  fields.$schema?.text();
  const { requests, answers } = framings(fields.framing);
  const pipelining = fields.pipelining?.flag() ?? false;
  const builder = new Builder(requests, answers, pipelining);
  const steps = fields.steps ?? top.fail('has no "steps"');
  for (const step of steps.items()) builder.add(step);
  const specs = [requests?.spec ?? "raw", answers?.spec ?? "raw"];
  const framing = specs[0] === specs[1] ? specs.slice(0, 1) : [specs[0], `answers ${specs[1]}`];
  return { ...builder.finish(steps), pipelining, framing: framing.join(", ") };
}

function framings(place: JsonPlace | undefined): { requests?: Framing; answers?: Framing } {
  if (place === undefined) return {};
  if (typeof place.value === "string") {
    const both = framingAt(place);
    return both === undefined ? {} : { requests: both, answers: both };
  }
  const fields = place.fields("requests", "answers");
  const requests = fields.requests && framingAt(fields.requests);
  const answers = fields.answers && framingAt(fields.answers);
  return { ...(requests ? { requests } : {}), ...(answers ? { answers } : {}) };
}

function framingAt(place: JsonPlace): Framing | undefined {
  const spec = place.text();
  if (spec === "raw") return undefined;
  try {
    return framingOf(spec);
  } catch (error) {
    if (!(error instanceof FramingSpecError)) throw error;
    return place.fail(`cannot be used: ${error.message}`);
  }
}

/** Takes the steps in and lays the stream out. */
class Builder {
  readonly #contract: Contract;
  readonly #requests: Framing | undefined;
  readonly #answers: Framing | undefined;
  readonly #pipelining: boolean;
  readonly #sends: Part[][] = [];
  readonly #dues: Due[] = [];
  readonly #pauses = new Map<number, number>();
  #at = 0;
  /** Where the conversation ended, or became quiet. */
  #closed = false;
  #quiet: JsonPlace | undefined;

  constructor(requests: Framing | undefined, answers: Framing | undefined, pipelining: boolean) {
    this.#contract = requests === undefined ? RAW : contractOf(requests);
    this.#requests = requests;
    this.#answers = answers;
    this.#pipelining = pipelining;
  }

  add(step: JsonPlace): void {
    const [name, place] = step.oneOf("send", "expect", "expectClose", "delay");
    if (this.#closed) step.fail("stands behind expectClose, where nothing can follow");
    switch (name) {
      case "send":
        if (this.#pipelining) {
          this.#quiet?.fail("cannot be told from later answers when pipelining");
        }
        return this.#send(place);
      case "expect":
        return this.#expect(place);
      case "expectClose":
        return this.#expectClose(place);
      case "delay":
        this.#pauses.set(
          this.#at,
          (this.#pauses.get(this.#at) ?? 0) + place.wholeNumber(0, MOST_DELAY),
        );
    }
  }

  finish(steps: JsonPlace): Omit<Conversation, "pipelining" | "framing"> {
    if (this.#sends.length === 0) steps.fail("never sends anything: there is nothing to cut");
    if (this.#dues.length === 0) steps.fail("never expects anything: nothing could be judged");
    const lengths = this.#sends.map((parts) => parts.reduce((sum, p) => sum + p.wire.length, 0));
    let at = 0;
    const seams = lengths.slice(0, -1).map((length) => at += length);
    const stimulus = new Stimulus(this.#contract, this.#sends.flat());
    const awaited = new Set([...this.#dues.map((due) => due.at), ...this.#pauses.keys()]);
    const base = atSeams({ stimulus, cuts: [], waits: [], end: "none" }, seams);
    return {
      base: { ...base, waits: seams.filter((seam) => awaited.has(seam)) },
      seams,
      free: seams.filter((seam) => !this.#dues.some((due) => due.at === seam)),
      pauses: this.#pauses,
      dues: this.#dues,
    };
  }

  #send(place: JsonPlace): void {
    const [kind, inner] = place.oneOf("text", "hex", "json", "frames");
    const parts = kind === "text" || kind === "hex"
      ? [{ kind: "bytes", wire: bytesAt(kind, inner) } as const]
      : (kind === "json" ? [place] : inner.items()).map((item) => this.#frame(item));
    const length = parts.reduce((sum, { wire }) => sum + wire.length, 0);
    if (length === 0) place.fail("sends nothing");
    this.#sends.push(parts);
    this.#at += length;
  }

  #frame(place: JsonPlace): Part {
    if (this.#requests === undefined) place.fail("needs a framing of the requests");
    try {
      return framePart(this.#contract, payloadAt(place));
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      return place.fail(`cannot be a frame: ${error.message}`);
    }
  }

  #expect(place: JsonPlace): void {
    if (place.value === "quiet") {
      this.#quiet = place;
      return this.#due(place, "anything until it is quiet", () => "more", "quiet");
    }
    const framing = this.#answers;
    const [kind, inner] = place.oneOf("text", "hex", "json", "frames", "pattern", "count");
    switch (kind) {
      case "text":
      case "hex": {
        const bytes = bytesAt(kind, inner);
        if (bytes.length === 0) inner.fail("expects nothing");
        return this.#due(inner, quoted(bytes), takeBytes(bytes));
      }
      case "json":
        return this.#expectFrame(place);
      case "frames":
        return inner.items().forEach((item) => this.#expectFrame(item));
      case "count": {
        const count = inner.wholeNumber(1, MOST_COUNT);
        if (framing === undefined) return this.#due(inner, `${count} bytes`, takeCount(count));
        for (let i = 0; i < count; i++) {
          this.#due(inner, `frame ${i + 1} of ${count}`, takeFrame(framing, () => true));
        }
        return;
      }
      case "pattern":
        return this.#expectPattern(inner);
    }
  }

  #expectFrame(place: JsonPlace): void {
    const framing = this.#answers ?? place.fail("needs a framing of the answers");
    const json = jsonOf(place);
    if (json !== undefined) {
      const wanted = canonical(json);
      const about = `a frame of the JSON ${wanted}`;
      return this.#due(
        place,
        about,
        takeFrame(framing, (payload) => canonicalText(payload) === wanted),
      );
    }
    const wanted = payloadAt(place);
    const about = `the frame ${quoted(wanted)}`;
    this.#due(place, about, takeFrame(framing, (payload) => equals(payload, wanted)));
  }

  #expectPattern(place: JsonPlace): void {
    const source = place.text();
    try {
      const fits = wholePattern(source);
      const take = this.#answers === undefined
        ? takePattern(source)
        : takeFrame(this.#answers, (payload) => fits.test(byteText(payload)));
      this.#due(place, `the pattern ${JSON.stringify(source)}`, take);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      place.fail(`is no regular expression: ${error.message}`);
    }
  }

  #expectClose(place: JsonPlace): void {
    const how = place.text();
    if (how !== "fin" && how !== "any") place.fail('must be "fin" or "any"');
    this.#closed = true;
    const about = how === "fin" ? "the end of the connection (FIN)" : "the end of the connection";
    this.#due(place, about, () => "more", how === "fin" ? "fin" : "any end");
  }

  #due(place: JsonPlace, about: string, take: Due["take"], kind: Due["kind"] = "take"): void {
    if (this.#dues.length === MOST_DUES) {
      place.fail(`is more than a scenario expects (${MOST_DUES})`);
    }
    this.#dues.push({ at: this.#at, path: place.path, about, kind, take });
  }
}

function bytesAt(kind: "text" | "hex", place: JsonPlace): Uint8Array {
  if (kind === "text") return new TextEncoder().encode(place.text());
  return hexBytes(place.text()) ?? place.fail("is not bytes in hex, such as 0d0a");
}

function payloadAt(place: JsonPlace): Uint8Array {
  if (typeof place.value === "string") return new TextEncoder().encode(place.value);
  const [kind, inner] = place.oneOf("text", "hex", "json");
  return kind === "json"
    ? new TextEncoder().encode(JSON.stringify(inner.value))
    : bytesAt(kind, inner);
}

/** What a place expects as JSON, if it does. */
function jsonOf(place: JsonPlace): Json | undefined {
  return typeof place.value === "string"
    ? undefined
    : place.fields("text", "hex", "json").json?.value;
}

function canonicalText(payload: Uint8Array): string | undefined {
  try {
    return canonical(JSON.parse(new TextDecoder().decode(payload)));
  } catch {
    return undefined;
  }
}

/** JSON text with the fields of objects in order, so that equal values are equal texts. */
function canonical(value: Json): string {
  return JSON.stringify(
    value,
    (_key, inner: Json) =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => a < b ? -1 : 1))
        : inner,
  );
}
