// Wrong on purpose: each chunk is made a string by itself, and so tears characters that it holds a part of.

class FramingError extends Error {
  constructor(code, offset) {
    super(`${code} at byte ${offset}`);
    Object.assign(this, { code, offset });
  }
}

/** Keeps what is no whole frame yet. `take` gives the length of the next frame and where its payload is. */
class Decoder {
  kept = Buffer.alloc(0);
  offset = 0;

  constructor(take, limit) {
    Object.assign(this, { take, limit });
  }

  *push(chunk) {
    this.kept = Buffer.concat([this.kept, Buffer.from(chunk.toString("utf8"))]); // the bug
    for (let found; (found = this.take(this)) !== null;) {
      yield this.kept.subarray(found.start, found.end);
      this.kept = this.kept.subarray(found.length);
      this.offset += found.length;
    }
  }

  /** No framing here ends a frame with the end of the stream. */
  *end() {
    if (this.kept.length > 0) throw new FramingError("TRUNCATED_FRAME", this.offset);
    yield* [];
  }
}

const TAKE = {
  u32be({ kept, limit, offset }) {
    if (kept.length < 4) return null;
    const payload = kept.readUInt32BE(0);
    if (payload > limit) throw new FramingError("FRAME_TOO_LARGE", offset);
    return kept.length < 4 + payload ? null : { length: 4 + payload, start: 4, end: 4 + payload };
  },
  line({ kept, limit, offset }) {
    const end = kept.indexOf(0x0a);
    if ((end < 0 ? kept.length : end) > limit) throw new FramingError("FRAME_TOO_LARGE", offset);
    return end < 0 ? null : { length: end + 1, start: 0, end };
  },
};

const decoders = new Map();

function frames(found) {
  const answer = { frames: [] };
  try {
    for (const frame of found) answer.frames.push(frame.toString("hex"));
  } catch ({ code, message, offset }) {
    answer.error = { code, message, offset };
  }
  return answer;
}

const ANSWERS = {
  hello: () => ({
    version: 1,
    name: "node",
    codecs: Object.keys(TAKE),
    features: ["end", "limit"],
  }),
  open({ decoder, codec, maxFrame = 2 ** 20 }) {
    if (!(codec in TAKE)) return { unsupported: `open ${codec}` };
    decoders.set(decoder, new Decoder(TAKE[codec], maxFrame));
    return {};
  },
  push: ({ decoder, bytes }) => frames(decoders.get(decoder).push(Buffer.from(bytes, "hex"))),
  end: ({ decoder }) => frames(decoders.get(decoder).end()),
  close: ({ decoder }) => (decoders.delete(decoder), {}),
};

let kept = Buffer.alloc(0);
for await (const chunk of process.stdin) {
  kept = Buffer.concat([kept, chunk]);
  for (
    let end;
    kept.length >= 4 && kept.length >= (end = 4 + kept.readUInt32BE(0));
    kept = kept.subarray(end)
  ) {
    const ask = JSON.parse(kept.subarray(4, end));
    const body = Buffer.from(JSON.stringify(ANSWERS[ask.do]?.(ask) ?? { unsupported: ask.do }));
    const header = Buffer.alloc(4);
    header.writeUInt32BE(body.length);
    process.stdout.write(Buffer.concat([header, body]));
  }
}
