import { concat } from "@std/bytes/concat";
import { equals } from "@std/bytes/equals";
import {
  type Framing,
  FramingError,
  MAX_FRAME_LENGTH_CEILING,
} from "../../protocol/framing/mod.ts";
import { compareAnswers } from "../judge/compare_answers.ts";
import type { Finding } from "../judge/verdict.ts";
import { compareStreams, quoted } from "./compare_streams.ts";
import { judgeConnection, judgeEnding, judgeLate, judgeUnread } from "./judge_connection.ts";
import type { Mask } from "./mask.ts";
import type { Came, Ending, ExchangePlay, Oracle, Standing } from "./oracle.ts";

/** Knows nothing: listens after each request until it is quiet. What it hears makes an {@linkcode InvarianceOracle}. */
export const LISTENER: Oracle = {
  ending: { state: "open", farewell: new Uint8Array(0) },
  standing({ bytes, marks }: Came, sent: number): Standing {
    const before = [...marks].filter(([at]) => at < sent).at(-1)?.[1] ?? 0;
    // A greeting may be none; to a request something comes, as far as anybody knows.
    return sent > 0 && bytes.length === before ? "more" : "quiet";
  },
  judge: () => null,
};

/** How answers are compared. */
export interface Comparing {
  /** Hides what may differ. */
  readonly mask: Mask;
  /** How answers are marked, if that is known; then differences are told in frames. */
  readonly framing?: Framing;
}

/**
 * Expects what the control brought, byte for byte: the unsplit stream says what any other chunking has to bring.
 *
 * ```
 *   control    | greeting | answer 1 | answer 2 | farewell
 *   due at     0          seam       end        FIN
 * ```
 */
export class InvarianceOracle implements Oracle {
  readonly #expected: Uint8Array;
  readonly #marks: ReadonlyMap<number, number>;
  readonly #length: number;
  readonly #ending: Ending;
  readonly #comparing: Comparing;

  /** Makes an oracle of a control: a play of the unsplit stream with the {@linkcode LISTENER}. */
  constructor(control: ExchangePlay, comparing: Comparing) {
    this.#expected = concat(control.reads.map(({ bytes }) => bytes));
    this.#marks = control.marks;
    this.#length = control.delivery.stimulus.bytes.length;
    const due = control.marks.get(this.#length) ?? this.#expected.length;
    this.#ending = { state: control.state, farewell: this.#expected.subarray(due) };
    this.#comparing = comparing;
  }

  /** How the control ended. */
  get ending(): Ending {
    return this.#ending;
  }

  standing({ bytes, state }: Came, sent: number): Standing {
    const due = this.#dueAt(sent);
    const { mask } = this.#comparing;
    const whole = sent === this.#length;
    if (mask.active) {
      if (!equals(mask.hide(bytes), mask.hide(due))) return "more";
    } else {
      if (bytes.length < due.length) return isStart(bytes, due) ? "more" : "wrong";
      // What the control brought behind the end may come a little earlier.
      if (!isStart(bytes, whole ? this.#expected : due)) return "wrong";
    }
    // The end of the connection is awaited as well, where the control had it.
    return whole && this.#ending.state !== "open" && state === "open" ? "more" : "right";
  }

  judge(play: ExchangePlay): Finding | null {
    const broken = judgeConnection(play);
    if (broken !== null) return broken;
    const { mask } = this.#comparing;
    const { length } = play.delivery.stimulus.bytes;
    const whole = length === this.#length;
    const expected = mask.hide(whole ? this.#expected : this.#dueAt(length));
    const came = mask.hide(concat(play.reads.map(({ bytes }) => bytes)));
    if (!equals(expected, whole ? came : came.subarray(0, expected.length))) {
      return judgeUnread(play) ?? this.#difference(expected, came, play);
    }
    return judgeLate(play, this.#ending) ?? (whole ? judgeEnding(play, this.#ending) : null);
  }

  /** Told in frames where both are made of frames, else in bytes. */
  #difference(expected: Uint8Array, came: Uint8Array, play: ExchangePlay): Finding | null {
    const { framing } = this.#comparing;
    const wanted = framing && framesOf(framing, expected);
    if (framing === undefined || wanted?.error !== undefined || wanted === undefined) {
      return compareStreams(expected, came, play.state);
    }
    const got = framesOf(framing, came);
    const sent = play.delivery.stimulus.bytes;
    const wrong = compareAnswers({ expected: wanted.frames, came: got.frames, stream: sent });
    if (wrong !== null) return wrong;
    if (got.error !== undefined) {
      const detail = `${got.frames.length} answers came, then bytes that are no frames: ${
        quoted(got.rest)
      }`;
      return { cause: "DESYNC", detail };
    }
    const found = compareStreams(expected, came, play.state);
    const count = `${got.frames.length} of ${wanted.frames.length} answers came`;
    return found && { ...found, detail: `${count}; ${found.detail}` };
  }

  #dueAt(sent: number): Uint8Array {
    const count = [...this.#marks].findLast(([at]) => at <= sent)?.[1] ?? 0;
    return this.#expected.subarray(0, count);
  }
}

/** The frames in `bytes`, and why what follows them is none. */
function framesOf(
  framing: Framing,
  bytes: Uint8Array,
): { readonly frames: Uint8Array[]; readonly rest: Uint8Array; readonly error?: string } {
  const decoder = framing.createDecoder({ maxFrameLength: MAX_FRAME_LENGTH_CEILING });
  const frames: Uint8Array[] = [];
  try {
    for (let batch = decoder.push(bytes); batch !== null; batch = decoder.next()) {
      for (let i = 0; i < batch.count; i++) frames.push(batch.copy(i));
    }
    return { frames, rest: new Uint8Array(0) };
  } catch (error) {
    if (!(error instanceof FramingError)) throw error;
    return { frames, rest: bytes.subarray(error.offset), error: error.message };
  }
}

function isStart(start: Uint8Array, whole: Uint8Array): boolean {
  return start.length <= whole.length && equals(start, whole.subarray(0, start.length));
}
