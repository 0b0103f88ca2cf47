import {
  framing,
  FRAMING_FAMILIES,
  FramingError,
  FramingSpecError,
} from "../../../protocol/framing/mod.ts";
import { attempt, type Entry, must } from "../entry.ts";
import { textOf } from "../input_reader.ts";

const SPECS = [
  ...["u32be", "u16le?includes=header", "u32be?adjust=-4&offset=2", "i32le", "varint", "u64be"],
  ...["line?strip=cr&tail=frame", "delim:0d0a,0a", "delim:00", "netstring", "marked:02:03", "slip"],
  ...["cobs", "fixed:128", "content-length", "json+u32be?size=filesize", "json+u8"],
];

/** The strings that name framings. */
export const SPEC: Entry = {
  name: "spec",
  about: "FramingSpecError or a framing; its spec is canonical and its decoder works",
  words: [
    ...FRAMING_FAMILIES.map(({ name }) => name),
    "?",
    "&",
    "adjust=",
    "offset=",
    "includes=header",
    "-",
    ":",
  ],
  valid: (random) => new TextEncoder().encode(random.pick(SPECS)),
  open: () => ({ run: (input) => check(textOf(input)) }),
};

function check(text: string): void {
  const one = attempt(() => framing(text), FramingSpecError);
  if (one === undefined) return;
  must(framing(one.spec).spec === one.spec, () => `${one.spec} is canonical`);
  must(
    one.minPayload >= 0 && one.maxOverhead >= 0 && one.minPayload <= one.maxPayload,
    "sizes are sizes",
  );
  const bytes = new TextEncoder().encode(text);
  attempt(() => {
    const decoder = one.createDecoder();
    for (let batch = decoder.push(bytes); batch !== null; batch = decoder.next());
    decoder.end();
  }, FramingError);
  attempt(() => one.createEncoder().encode(bytes), FramingError);
}
