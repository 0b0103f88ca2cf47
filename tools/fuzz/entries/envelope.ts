import { concat } from "@std/bytes/concat";
import { type Envelope, envelope, FramingError } from "../../../protocol/framing/mod.ts";
import { type Entry, expect, must } from "../entry.ts";
import { cutsOf, InputReader, pieces } from "../input_reader.ts";
import { randomBytes } from "../mutate.ts";

const ENVELOPES = ["json+u32be", "json+i32le?size=filesize", "json+u8", "json+u64le"].map(envelope);
const LIMITS = [0, 5, 1000, Number.MAX_SAFE_INTEGER];

// | envelope | limit | cuts | stream … |

/** JSON headers with bodies as streams. */
export const ENVELOPE: Entry = {
  name: "envelope",
  about: "FramingError alone; headers, body bytes and the error do not depend on cuts",
  words: ['"size":', '"filesize":', '{"size":4}', "{}"],
  valid: (random) => {
    const head = randomBytes(random, 3);
    const one = new InputReader(head).pick(ENVELOPES);
    const parts = Array.from({ length: random.below(4) }, () => {
      const body = randomBytes(random, random.below(20));
      return concat([
        one.encodeHeader({ name: "a", size: body.length, filesize: body.length }),
        body,
      ]);
    });
    return concat([head, ...parts]);
  },
  open: () => ({ run: check }),
};

function check(input: Uint8Array): void {
  const reader = new InputReader(input);
  const one = reader.pick(ENVELOPES), maxBodyLength = reader.pick(LIMITS), plan = reader.byte();
  const stream = reader.rest();
  const whole = read(one, [stream], maxBodyLength);
  const cut = read(one, pieces(stream, cutsOf(plan, stream.length)), maxBodyLength);
  must(
    whole === cut,
    () => `chunks change nothing: ${whole.slice(0, 300)} became ${cut.slice(0, 300)}`,
  );
}

/** All that is said of a stream, as text; body bytes are joined, because their pieces are those of the chunks. */
function read(one: Envelope, chunks: readonly Uint8Array[], maxBodyLength: number): string {
  const decoder = one.createDecoder({ maxBodyLength });
  let said = "", due = 0;
  try {
    for (const chunk of chunks) {
      for (const event of decoder.push(chunk)) {
        if (event.type === "header") {
          due = event.size;
          must(due <= maxBodyLength, "a body is within the limit");
          said += `|header ${event.headerLength} ${due} ${Object.keys(event.header).join()}|`;
        } else if (event.type === "body") {
          due -= event.bytes.length;
          must(event.bytes.length > 0 && due >= 0, "a body has the bytes that its header says");
          said += new TextDecoder("latin1").decode(event.bytes);
        } else {
          must(due === 0, "a body ends when all of it came");
          said += "|end|";
        }
      }
    }
    decoder.end();
  } catch (error) {
    expect(error, FramingError);
    if (error instanceof FramingError) said += `|${error.name} ${error.code}@${error.offset}|`;
  }
  return said;
}
