import { concat } from "@std/bytes/concat";
import { equals } from "@std/bytes/equals";
import { showBytes } from "../judge/show_bytes.ts";
import type { Finding } from "../judge/verdict.ts";

/** Compares the messages that a client sent with those that it is to send; null when they are the same. Pure. */
export function judgeRequests(
  asked: readonly Uint8Array[],
  due: readonly Uint8Array[],
): Finding | null {
  const at = due.findIndex((one, i) => !sameBytes(one, asked[i]));
  if (at < 0) {
    const more = asked[due.length];
    if (more === undefined) return null;
    const twice = due.some((one) => equals(one, more));
    return {
      cause: twice ? "DUPLICATED" : "PHANTOM",
      detail: `behind the ${due.length} messages that it is to send comes ${showBytes(more)}`,
    };
  }
  const wanted = due[at] ?? new Uint8Array(0), sent = asked[at];
  const name = `message ${at + 1}, ${showBytes(wanted)},`;
  if (sent === undefined || sameBytes(sent, due[at + 1])) {
    return { cause: "LOST", detail: `${name} was not sent` };
  }
  if (asked.slice(at).some((_, i) => equals(concat(asked.slice(at, at + i + 2)), wanted))) {
    return { cause: "DESYNC", detail: `${name} was sent in pieces` };
  }
  if (due.slice(at).some((_, i) => i > 0 && equals(concat(due.slice(at, at + i + 1)), sent))) {
    return { cause: "DESYNC", detail: `${name} was sent joined with what comes behind it` };
  }
  return { cause: "CORRUPT", detail: `${name} was sent as ${showBytes(sent)}` };
}

function sameBytes(one: Uint8Array, other: Uint8Array | undefined): boolean {
  return other !== undefined && equals(one, other);
}
