import { dirname } from "node:path";
import { messageOf } from "../../cli/message_of.ts";
import { UsageError } from "../../cli/options.ts";
import { fingerprintOf, type PeerCertificate } from "../../protocol/transport/mod.ts";

/** Longest file that is read, in bytes. */
const LONGEST = 4 * 1024 * 1024;

/** A server that was trusted before. */
export interface KnownHost {
  /** Which line of the file says so, from 1. */
  readonly line: number;
  /** Its endpoint, such as `tls://example.com:7443`. */
  readonly endpoint: string;
  /** SHA-256 of its certificate, as `AB:CD:…`. */
  readonly fingerprint: string;
  /** Its certificate (PEM). */
  readonly pem: string;
}

/**
 * The file of known hosts: a line for each server, `tls://HOST:PORT FINGERPRINT CERTIFICATE` with the certificate as base64 of
 * its DER. Empty lines and lines that begin with # say nothing.
 */
export class KnownHosts {
  readonly path: string;

  /** Names the file; nothing is read yet. */
  constructor(path: string) {
    this.path = path;
  }

  /**
   * What is known of a server; nothing if there is no file.
   *
   * @throws {UsageError} if the file cannot be read, or a line is damaged: it fails closed.
   */
  async find(endpoint: string): Promise<KnownHost[]> {
    const lines = (await this.#read()).split("\n");
    return lines.flatMap((text, i) => {
      if (/^\s*(#|$)/.test(text)) return [];
      const host = this.#parse(text.trim(), i + 1);
      return host.endpoint === endpoint ? [host] : [];
    });
  }

  /** Remembers a server. The directory is made if need be, for this user alone. */
  async add({ endpoint, fingerprint, pem }: PeerCertificate): Promise<void> {
    const base64 = pem.replace(/-----[A-Z ]+-----|\s/g, "");
    try {
      await Deno.mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
      // One write at the end of the file: programs that do it at the same time do not mix.
      await Deno.writeTextFile(this.path, `${endpoint} ${fingerprint} ${base64}\n`, {
        append: true,
        mode: 0o600,
      });
    } catch (error) {
      throw new UsageError(`Cannot write the known hosts: ${messageOf(error)}.`);
    }
  }

  async #read(): Promise<string> {
    try {
      const { size } = await Deno.stat(this.path);
      if (size > LONGEST) throw new Error(`${this.path} is longer than ${LONGEST} bytes`);
      return await Deno.readTextFile(this.path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      throw new UsageError(`Cannot read the known hosts: ${messageOf(error)}.`);
    }
  }

  #parse(text: string, line: number): KnownHost {
    const [endpoint = "", fingerprint = "", base64 = "", ...rest] = text.split(/\s+/);
    const der = bytesOf(base64);
    if (rest.length > 0 || der === null || fingerprintOf(der) !== fingerprint) {
      throw new UsageError(
        `Line ${line} of ${this.path} is damaged: it is not tls://HOST:PORT FINGERPRINT CERTIFICATE. Remove it.`,
      );
    }
    const pem = `-----BEGIN CERTIFICATE-----\n${
      base64.match(/.{1,64}/g)?.join("\n")
    }\n-----END CERTIFICATE-----\n`;
    return { line, endpoint, fingerprint, pem };
  }
}

/** Where known hosts are kept when nothing is said, undefined if the environment names no home (XDG Base Directory, 3). */
export function defaultKnownHosts(
  variable: (name: string) => string | undefined,
  os: typeof Deno.build.os = Deno.build.os,
): string | undefined {
  if (os === "windows") return under(variable("APPDATA"), "nonstick/known_hosts");
  const config = variable("XDG_CONFIG_HOME");
  // A relative path there is to be ignored.
  return under(config?.startsWith("/") ? config : undefined, "nonstick/known_hosts") ??
    under(variable("HOME"), ".config/nonstick/known_hosts");
}

function under(folder: string | undefined, name: string): string | undefined {
  return folder ? `${folder}/${name}` : undefined;
}

function bytesOf(base64: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
