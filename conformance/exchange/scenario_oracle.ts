import { concat } from "@std/bytes/concat";
import { equals } from "@std/bytes/equals";
import type { Finding } from "../judge/verdict.ts";
import { bytesOf, quoted } from "./compare_streams.ts";
import { describeEnding } from "./describe_ending.ts";
import type { Due } from "./due.ts";
import { judgeConnection, judgeEnding, judgeLate, judgeUnread } from "./judge_connection.ts";
import type { Came, Ending, ExchangePlay, Oracle, Standing } from "./oracle.ts";

/** How far what came fits the expectations. */
interface Walk {
  /** How it stands. */
  readonly standing: Standing;
  /** The first expectation that is not met; all of them are when there are no more. */
  readonly index: number;
  /** Bytes that were taken by those that are. */
  readonly taken: number;
}

/** Expects what a scenario says, step by step. */
export class ScenarioOracle implements Oracle {
  readonly #dues: readonly Due[];
  readonly #length: number;
  readonly #learnt: Ending | undefined;

  /**
   * Makes an oracle of expectations over a stream of `length` bytes. `learnt` is how the control ended, once that is
   * known; until then any end is right.
   */
  constructor(dues: readonly Due[], length: number, learnt?: Ending) {
    this.#dues = dues;
    this.#length = length;
    this.#learnt = learnt;
  }

  get ending(): Ending {
    return this.#learnt ?? { state: "open", farewell: new Uint8Array(0) };
  }

  standing(came: Came, sent: number): Standing {
    return this.#walk(came, sent).standing;
  }

  judge(play: ExchangePlay): Finding | null {
    const broken = judgeConnection(play);
    if (broken !== null) return broken;
    const { length } = play.delivery.stimulus.bytes;
    const bytes = concat(play.reads.map((read) => read.bytes));
    const { standing, index, taken } = this.#walk({ ...play, bytes }, length);
    const due = this.#dues[index];
    const rest = bytes.subarray(taken);
    if (standing === "wrong" && due) return this.#wrong(due, index, bytes, taken);
    if (standing === "more" && due) return judgeUnread(play) ?? missing(due, rest, play);
    const whole = length === this.#length;
    if (!whole || this.#learnt === undefined) return judgeLate(play, { farewell: rest });
    const late = judgeLate(play, this.#learnt);
    if (late !== null) return late;
    if (!equals(rest, this.#learnt.farewell)) return this.#surplus(rest);
    return judgeEnding(play, this.#learnt);
  }

  /** How the play of a control ended. */
  endingOf(play: ExchangePlay): Ending {
    const bytes = concat(play.reads.map((read) => read.bytes));
    const { taken } = this.#walk({ ...play, bytes }, this.#length);
    return { state: play.state, farewell: bytes.subarray(taken) };
  }

  #walk({ bytes, state, marks }: Came, sent: number): Walk {
    let taken = 0, last: Standing = "right";
    for (const [index, due] of this.#dues.entries()) {
      if (due.at > sent) break;
      const at = { index, taken };
      last = "right";
      if (due.kind === "take") {
        const to = due.take(bytes, taken);
        if (typeof to !== "number") return { standing: to, ...at };
        taken = to;
      } else if (due.kind === "quiet") {
        const mark = marks.get(due.at);
        if (mark === undefined) last = "quiet";
        taken = Math.max(taken, mark ?? bytes.length);
      } else {
        if (taken < bytes.length) return { standing: "wrong", ...at };
        if (state === "open") return { standing: "more", ...at };
        if (due.kind === "fin" && state !== "ended") return { standing: "wrong", ...at };
      }
    }
    return { standing: last, index: this.#dues.length, taken };
  }

  /** Something else came: the answer before once more, the next one already, or what nobody expected. */
  #wrong(due: Due, index: number, bytes: Uint8Array, taken: number): Finding {
    const rest = bytes.subarray(taken);
    const detail = `${due.path} expects ${due.about}: ${
      rest.length > 0 ? `${quoted(rest)} came` : "the target broke off the connection (RST)"
    }`;
    if (rest.length === 0) return { cause: "LOST", detail };
    const fits = (other: Due | undefined) =>
      other !== undefined && other.about !== due.about &&
      typeof other.take(bytes, taken) === "number";
    if (fits(this.#dues[index + 1])) {
      return { cause: "LOST", detail: `${detail}, which is the answer behind it` };
    }
    if (fits(this.#dues[index - 1])) {
      return { cause: "DUPLICATED", detail: `${detail}, which is the answer before it` };
    }
    return { cause: due.kind === "take" ? "CORRUPT" : "PHANTOM", detail };
  }

  #surplus(rest: Uint8Array): Finding {
    const { farewell } = this.ending;
    if (rest.length < farewell.length) {
      const detail = `the control ends with ${quoted(farewell)}; here ${bytesOf(rest.length)} came`;
      return { cause: "LOST", detail };
    }
    const again = this.#dues.some((due) => due.take(rest, 0) === rest.length);
    const detail = `behind the last step ${bytesOf(rest.length)} more came: ${quoted(rest)}`;
    return { cause: again ? "DUPLICATED" : "PHANTOM", detail };
  }
}

function missing(due: Due, rest: Uint8Array, { state }: ExchangePlay): Finding {
  const came = rest.length === 0 ? "nothing came" : `only ${quoted(rest)} came`;
  const detail = `${due.path} expects ${due.about}: ${came}`;
  return state === "open"
    ? { cause: "HANG", detail: `${detail}; the connection is open and silent` }
    : { cause: "LOST", detail: `${detail}; ${describeEnding(state)}` };
}
