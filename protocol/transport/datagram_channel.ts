import { isIP, isIPv6 } from "node:net";
import {
  type Datagram,
  type DatagramAddress,
  datagramAddressText,
  type DatagramChannel,
  MAX_DATAGRAM_PAYLOAD,
  type ReceiveOptions,
} from "./datagram.ts";
import { resolveDatagramAddress } from "./datagram_address.ts";
import {
  DatagramError,
  type DatagramErrorReason,
  DatagramTooLargeError,
  TruncatedDatagramError,
} from "./datagram_errors.ts";
import { whyNoGroup } from "./datagram_group.ts";
import type { DatagramPort, RawDatagram } from "./datagram_port.ts";
import { parseDatagramEndpoint } from "./endpoint.ts";
import { transportFailure } from "./errors.ts";

/** What `SocketChannel` adds to a port. */
export interface SocketChannelOptions {
  /** Longest payload that is sent, in bytes. */
  readonly maxPayload: number;
  /** Longest payload that is taken in, in bytes. */
  readonly maxReceive: number;
  /** Whether 255.255.255.255 is a place to send to. */
  readonly broadcast: boolean;
  /** What is left to do once it is closed. */
  readonly afterClose?: () => Promise<void>;
}

/** A channel over any kind of socket: sizes, names, order of calls and errors are the same for all. */
export class SocketChannel implements DatagramChannel {
  readonly endpoint: string;
  readonly local: DatagramAddress;
  readonly maxPayload: number;
  readonly #port: DatagramPort;
  readonly #family: 4 | 6;
  readonly #maxReceive: number;
  readonly #broadcast: boolean;
  readonly #afterClose: (() => Promise<void>) | undefined;
  /** What is under way, even when its caller has given up: the next caller gets what it brings. */
  #receiving: Promise<RawDatagram | null> | null = null;
  #waiting = false;
  /** The last host sent to that needs no lookup: mostly the next one, too. */
  #lastNumeric: string | undefined;
  readonly #groups = new Set<string>();
  #closing: Promise<void> | null = null;

  constructor(port: DatagramPort, options: SocketChannelOptions) {
    this.#port = port;
    this.#family = port.local.scheme === "udp" && isIPv6(port.local.hostname) ? 6 : 4;
    this.local = port.local;
    this.endpoint = datagramAddressText(port.local);
    this.maxPayload = Math.min(options.maxPayload, MAX_DATAGRAM_PAYLOAD);
    this.#maxReceive = options.maxReceive;
    this.#broadcast = options.broadcast;
    this.#afterClose = options.afterClose;
  }

  get dropped(): number {
    return this.#port.dropped;
  }

  async send(bytes: Uint8Array, to: DatagramAddress | string): Promise<void> {
    if (bytes.length > this.maxPayload) {
      throw new DatagramTooLargeError(bytes.length, this.maxPayload);
    }
    const address = typeof to === "string" ? parseDatagramEndpoint(to) : to;
    this.#check(address);
    const target = this.#isNumeric(address)
      ? address
      : await resolveDatagramAddress(address, this.#family);
    if (this.#closing !== null) throw closed();
    try {
      await this.#port.send(bytes, target);
    } catch (error) {
      if (isTooLarge(error)) {
        throw new DatagramTooLargeError(bytes.length, bytes.length - 1, { cause: error });
      }
      throw failure(`Cannot send to ${datagramAddressText(address)}`, error);
    }
  }

  async receive(options?: ReceiveOptions): Promise<Datagram | null> {
    const signal = options?.signal;
    signal?.throwIfAborted();
    if (this.#waiting) {
      throw new Deno.errors.Busy("Cannot receive: another receive is waiting, let it end first");
    }
    if (this.#closing !== null) return null;
    this.#waiting = true;
    try {
      const receiving = this.#receiving ??= this.#port.receive();
      const raw = await (signal === undefined ? receiving : unlessAborted(receiving, signal));
      this.#receiving = null;
      if (raw === null || this.#closing !== null) return null;
      if (raw.truncated) throw new TruncatedDatagramError(raw.from, this.#maxReceive);
      return { bytes: raw.bytes, from: raw.from };
    } catch (error) {
      if (error instanceof TruncatedDatagramError || signal?.aborted) throw error;
      this.#receiving = null;
      throw failure("Cannot receive", error);
    } finally {
      this.#waiting = false;
    }
  }

  async join(group: string, networkInterface?: string): Promise<void> {
    const text = `Cannot join ${group}`;
    this.#checkGroups(text);
    const [reason, problem] = whyNoGroup(group, networkInterface, this.#family) ??
      (this.#groups.has(group) ? ["in-use", "it is joined already, leave it first"] : []);
    if (reason !== undefined) throw new DatagramError(reason, `${text}: ${problem}`);
    this.#groups.add(group);
    try {
      await this.#port.join?.(group, networkInterface);
    } catch (error) {
      this.#groups.delete(group);
      throw failure(text, error);
    }
  }

  async leave(group: string): Promise<void> {
    const text = `Cannot leave ${group}`;
    this.#checkGroups(text);
    if (!this.#groups.delete(group)) return;
    try {
      await this.#port.leave?.(group);
    } catch (error) {
      throw failure(text, error);
    }
  }

  close(): Promise<void> {
    return this.#closing ??= this.#port.close().then(this.#afterClose);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Unlike a generator it does not end for good when it throws: a truncated datagram is one datagram's matter. */
  [Symbol.asyncIterator](): AsyncIterator<Datagram, undefined> {
    return {
      next: async () => {
        const datagram = await this.receive();
        return datagram === null ? { done: true, value: undefined } : { value: datagram };
      },
    };
  }

  #isNumeric(to: DatagramAddress): boolean {
    if (to.scheme !== "udp" || to.hostname === this.#lastNumeric) return true;
    if (isIP(to.hostname) === 0) return false;
    this.#lastNumeric = to.hostname;
    return true;
  }

  #check(to: DatagramAddress): void {
    const refused = this.#whyNot(to);
    if (refused === null) return;
    const [reason, problem] = refused;
    throw new DatagramError(reason, `Cannot send to ${datagramAddressText(to)}: ${problem}`);
  }

  #whyNot(to: DatagramAddress): [DatagramErrorReason, string] | null {
    if (to.scheme !== this.local.scheme) return ["address", `this channel is ${this.local.scheme}`];
    if (to.scheme === "unixgram" && to.path === "") return ["address", "who sent it has no path"];
    if (to.scheme !== "udp") return null;
    if (to.port === 0) return ["no-port", "name the real port"];
    if (this.#family === 4 && to.hostname.includes(":") && isIPv6(to.hostname)) {
      return ["address", "this channel is bound to IPv4, open it at udp://[::]:0"];
    }
    if (to.hostname === "255.255.255.255" && !this.#broadcast) {
      return ["denied", "that is everybody; open the channel with broadcast: true"];
    }
    return null;
  }

  #checkGroups(text: string): void {
    if (this.#closing !== null) throw closed();
    if (this.local.scheme === "udp") return;
    throw new DatagramError("unsupported", `${text}: only udp has groups`);
  }
}

function closed(): DatagramError {
  return new DatagramError("closed", "Cannot use the channel: it is closed");
}

function failure(what: string, error: unknown): DatagramError {
  if (error instanceof DatagramError) return error;
  const { reason, problem } = transportFailure(error);
  return new DatagramError(reason, `${what}: ${problem}`, { cause: error });
}

/** Some systems allow less than UDP does: macOS 9216 bytes, unless told otherwise. */
function isTooLarge(error: unknown): boolean {
  return error instanceof Error && /EMSGSIZE|Message too long|os error 10040/.test(error.message);
}

async function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort);
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
