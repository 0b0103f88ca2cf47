import type { Part } from "../stimulus/stimulus.ts";
import { asBytes, asNumber, asText, asWord, Fields, RecordError } from "./fields.ts";
import type { RecordedPart, RecordedStimulus } from "./recorded.ts";

/**
 * Reads the event of a stimulus; the parts are lists, as `History` draws them.
 *
 * @throws {RecordError} if it is none.
 */
export function readStimulusRecord(fields: Fields): RecordedStimulus {
  const whole = fields.has("hex");
  const bytes = asBytes(fields.text(whole ? "hex" : "hexStart"), "its bytes");
  const length = whole ? bytes.length : fields.number("length");
  let at = 0;
  const parts = fields.list("parts", (value, where) => {
    const part = readPart(value, where, at, bytes);
    at = part.end;
    return part;
  });
  if (at !== length) throw new RecordError(`its parts have ${at} bytes, not ${length}`);
  return { number: fields.number("number"), bytes, length, parts };
}

function readPart(value: unknown, where: string, start: number, bytes: Uint8Array): RecordedPart {
  if (!Array.isArray(value)) throw new RecordError(`${where} is not a list`);
  const list: readonly unknown[] = value;
  const [name, length, third, fourth, fifth] = list;
  const kind = asWord(name, ["frame", "bad", "tail", "bytes"], where);
  const end = start + asNumber(length, where);
  if (kind === "bad") {
    return { kind, start, end, bad: readBad(asText(third, where), new Fields(fourth, where)) };
  }
  if (kind !== "frame") return { kind, start, end };
  const last = fifth === 1 ? { endsStream: true } : {};
  if (typeof third !== "number") {
    return { kind, start, end, payload: asBytes(fourth, where), ...last };
  }
  const body = start + third;
  const payload = bytes.subarray(body, body + asNumber(fourth, where));
  return { kind, start, body, end, payload, ...last };
}

function readBad(what: string, fields: Fields): Omit<Part & { kind: "bad" }, "kind" | "wire"> {
  return {
    what,
    ...fields.maybe("payload", (name) => asBytes(fields.value(name), name)),
    ...fields.maybe("readings", (name) =>
      fields.list(name, (value, where) => {
        const reading = new Fields(value, where);
        const level = reading.word("level", ["SHOULD", "MAY"]);
        return { payloads: reading.list("payloads", asBytes), level };
      })),
    ...fields.maybe("refusal", (name) => fields.word(name, ["MUST", "SHOULD"])),
    ...fields.maybe("silence", (name) => fields.word(name, ["SHOULD", "MAY"])),
    ...fields.maybe("skippable", (name) => fields.value(name) === true),
  };
}
