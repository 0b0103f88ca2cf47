import type { Finding } from "../judge/verdict.ts";
import { describeEnd, isCrash } from "../player/spawned_process.ts";
import { describeOutput, endedSame, type Output, type OutputPlay, printedSame } from "./output.ts";

/** What a client may make of a stream. */
export type OutputJudge = (play: OutputPlay, expected: Output) => Finding | null;

/** Judges a stream that came whole: the client must do what it did in the control. Null when it did. */
export const judgeWhole: OutputJudge = (play, expected) => {
  const broken = judgeEnd(play);
  if (broken !== null) return broken;
  const { output } = play;
  if (printedSame(output, expected)) {
    if (endedSame(output, expected)) return null;
    return { cause: "CRASH", detail: difference(output, expected) };
  }
  return {
    cause: isBeginning(output, expected) ? "LOST" : "CORRUPT",
    detail: difference(output, expected),
  };
};

/**
 * Judges a stream that was cut off before the client had all that it needs: it must not report the success that it
 * reports for the whole one. That it reports a part as a success is a matter of taste for some, so only a SHOULD.
 */
export const judgeTruncated: OutputJudge = (play, expected) => {
  // A client that dials again and is turned away may go on trying.
  if (play.output.end === undefined && play.redialled) return null;
  const broken = judgeEnd(play);
  if (broken !== null) return broken;
  const { output } = play;
  if (!endedSame(output, expected)) return null;
  const sent = play.delivery.stimulus.bytes.length;
  const how = `the stream was cut off behind ${sent} bytes, yet it printed`;
  if (printedSame(output, expected)) {
    return {
      cause: "PHANTOM",
      detail: `${how} the same as for the whole one: ${describeOutput(output)}`,
    };
  }
  if (output.length === 0 || !isBeginning(output, expected)) return null;
  return {
    cause: "CORRUPT",
    level: "SHOULD",
    detail: `${how} a part as if it were all: ${describeOutput(output)}`,
  };
};

/** Judges only that the client ends: for one that reads to the end of the connection, FIN is no truncation. */
export const judgeEnd = ({ output: { end }, redialled }: OutputPlay): Finding | null => {
  if (end === undefined) {
    const again = redialled ? "; it dialled again and was turned away" : "";
    return { cause: "HANG", detail: `it did not end${again}` };
  }
  return isCrash(end) ? { cause: "CRASH", detail: `it ended by ${describeEnd(end)}` } : null;
};

function difference(output: Output, expected: Output): string {
  return `it printed ${describeOutput(output)}, uncut ${describeOutput(expected)}`;
}

/** Whether an output is the beginning of another one, white space at its end aside. */
function isBeginning({ stdout }: Output, whole: Output): boolean {
  let { length } = stdout;
  while (length > 0 && (stdout[length - 1] ?? 0) <= 0x20) length--;
  return stdout.subarray(0, length).every((byte, i) => byte === whole.stdout[i]);
}
