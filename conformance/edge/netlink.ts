// netlink(7): how a program and the Linux kernel talk in messages.
//
//   | length u32 | type u16 | flags u16 | sequence u32 | port u32 | body … |   padded to 4 bytes
//   attribute: | length u16 | type u16 | value … |                            padded to 4 bytes
//
// All integers are in host order, which is little-endian on every machine that Deno runs on under
// Linux. Layouts: linux/netlink.h, linux/sock_diag.h.

import { EdgeProbeError } from "./edge_probe_error.ts";

/** Message type of every socket question and its answer (`SOCK_DIAG_BY_FAMILY`). */
export const SOCK_DIAG_BY_FAMILY = 20;

const NLM_F_REQUEST = 1;
const NLMSG_ERROR = 2;
const HEADER_LENGTH = 16;
const SEQUENCE_OFFSET = 8;

/** An answer of the kernel: its body, or the number of the error (errno, positive). */
export type NetlinkAnswer = { readonly body: DataView } | { readonly errno: number };

/**
 * Puts a netlink header in front of a request's body. The sequence number is left 0.
 *
 * @example
 * ```ts
 * import { netlinkRequest, setSequence, SOCK_DIAG_BY_FAMILY } from "./netlink.ts";
 *
 * const request = netlinkRequest(SOCK_DIAG_BY_FAMILY, new Uint8Array(24));
 * setSequence(request, 1);
 * ```
 */
export function netlinkRequest(type: number, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const request = new Uint8Array(HEADER_LENGTH + body.length);
  const view = new DataView(request.buffer);
  view.setUint32(0, request.length, true);
  view.setUint16(4, type, true);
  view.setUint16(6, NLM_F_REQUEST, true);
  request.set(body, HEADER_LENGTH);
  return request;
}

/** Numbers a request (u32), so that its answer can be told from an older one. */
export function setSequence(request: Uint8Array<ArrayBuffer>, sequence: number): void {
  new DataView(request.buffer, request.byteOffset).setUint32(SEQUENCE_OFFSET, sequence, true);
}

/** The number of the request that this answer belongs to. */
export function sequenceOf(answer: DataView): number {
  return requireLength(answer, HEADER_LENGTH, "header").getUint32(SEQUENCE_OFFSET, true);
}

/**
 * Reads one answer message.
 *
 * @throws {EdgeProbeError} when it is cut short.
 */
export function decodeNetlinkAnswer(answer: DataView): NetlinkAnswer {
  const claimed = requireLength(answer, HEADER_LENGTH, "header").getUint32(0, true);
  const length = Math.max(claimed, HEADER_LENGTH);
  requireLength(answer, length, "message");
  const body = new DataView(
    answer.buffer,
    answer.byteOffset + HEADER_LENGTH,
    length - HEADER_LENGTH,
  );
  if (answer.getUint16(4, true) !== NLMSG_ERROR) return { body };
  return { errno: -requireLength(body, 4, "error number").getInt32(0, true) };
}

/**
 * Finds an attribute by its type among the attributes that start at `offset` of a body.
 *
 * @throws {EdgeProbeError} when an attribute does not fit into the body.
 */
export function attribute(body: DataView, offset: number, type: number): DataView | undefined {
  while (offset + 4 <= body.byteLength) {
    const length = Math.max(body.getUint16(offset, true), 4);
    requireLength(body, offset + length, `attribute at ${offset}`);
    if (body.getUint16(offset + 2, true) === type) {
      return new DataView(body.buffer, body.byteOffset + offset + 4, length - 4);
    }
    offset += (length + 3) & ~3;
  }
  return undefined;
}

/**
 * The same bytes, once it is sure that there are enough of them.
 *
 * @throws {EdgeProbeError} when there are fewer than `need` bytes, or none.
 */
export function requireLength(bytes: DataView | undefined, need: number, what: string): DataView {
  if (bytes !== undefined && bytes.byteLength >= need) return bytes;
  const have = bytes?.byteLength ?? 0;
  throw new EdgeProbeError(
    `Cannot read the kernel's answer: ${what} needs ${need} bytes, ${have} are there`,
  );
}
