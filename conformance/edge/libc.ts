// The few libc calls that the edge probe needs and Deno does not have: netlink sockets, and the
// files of /proc, which Deno itself shows only to programs with --allow-all.

import { EdgeProbeError } from "./edge_probe_error.ts";

// glibc first; musl names its library after the processor.
const LIBRARIES = ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"];

const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getpeername: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  open: { parameters: ["buffer", "i32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  opendir: { parameters: ["buffer"], result: "pointer" },
  readdir: { parameters: ["pointer"], result: "pointer" },
  closedir: { parameters: ["pointer"], result: "i32" },
  readlink: { parameters: ["buffer", "buffer", "usize"], result: "isize" },
  ioctl: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  __errno_location: { parameters: [], result: "pointer" },
} as const;

type Library = Deno.DynamicLibrary<typeof SYMBOLS>;

// The library and how many hold it. They share it, because to load it takes milliseconds, and some ask
// the kernel one thing for each connection.
let shared: { readonly library: Library; holders: number } | undefined;

const MAX_FILE_LENGTH = 16 * 1024 * 1024;
const O_RDONLY = 0;
const O_WRONLY = 1;
const O_CLOEXEC = 0o2000000;
const FIONREAD = 0x541bn;
const POLLOUT = 4;
const POLLERR = 8;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
// struct dirent, 64-bit: | inode u64 | offset i64 | length u16 | type u8 | name, ended by a zero byte |
const NAME_IN_DIRENT = 19;

/**
 * The C library of this machine, opened through Deno's foreign function interface. Every method is
 * one system call that does not block, or a few.
 *
 * @example
 * ```ts
 * import { Libc } from "./libc.ts";
 *
 * using libc = Libc.open();
 * console.log(libc.readLink("/proc/self/exe"));
 * ```
 */
export class Libc implements Disposable {
  #library: Library | undefined;

  private constructor(library: Library) {
    this.#library = library;
  }

  /**
   * Opens the C library. It never asks for a permission, it only uses what was granted.
   *
   * @throws {EdgeProbeError} when this is not Linux, `--allow-ffi` is missing, or no C library is found.
   */
  static open(): Libc {
    if (Deno.build.os !== "linux") {
      throw new EdgeProbeError(`Cannot ask the kernel: ${Deno.build.os} is not Linux`);
    }
    if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") {
      throw new EdgeProbeError("Cannot ask the kernel: run with --allow-ffi");
    }
    shared ??= { library: load(), holders: 0 };
    shared.holders++;
    return new Libc(shared.library);
  }

  /** Opens a socket and returns its descriptor. */
  socket(family: number, type: number, protocol: number): number {
    return this.#checked("socket", this.#symbols.socket(family, type, protocol));
  }

  /** Sends one message on a socket. */
  send(descriptor: number, message: Uint8Array<ArrayBuffer>, flags: number): void {
    const sent = this.#symbols.send(descriptor, message, BigInt(message.length), flags);
    this.#checked("send", Number(sent));
  }

  /** Receives one message into `buffer` and returns its length in bytes. */
  receive(descriptor: number, buffer: Uint8Array<ArrayBuffer>, flags: number): number {
    const received = this.#symbols.recv(descriptor, buffer, BigInt(buffer.length), flags);
    return this.#checked("recv", Number(received));
  }

  /** Connects a socket to a raw address (`sockaddr`); says whether that worked. */
  connect(descriptor: number, address: Uint8Array<ArrayBuffer>): boolean {
    return this.#symbols.connect(descriptor, address, address.length) === 0;
  }

  /** The raw address (`sockaddr`) of a descriptor itself, or undefined if it has none. */
  ownName(descriptor: number): Uint8Array | undefined {
    return this.#name("getsockname", descriptor);
  }

  /** The raw address (`sockaddr`) of the peer of a descriptor, or undefined if it has none. */
  peerName(descriptor: number): Uint8Array | undefined {
    return this.#name("getpeername", descriptor);
  }

  /** Bounds what the kernel keeps of a socket that is not read, in bytes; says whether that worked. */
  setReceiveBuffer(descriptor: number, bytes: number): boolean {
    const value = new Int32Array([bytes]);
    return this.#symbols.setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, value, 4) === 0;
  }

  /** The names in a directory without `.` and `..`; none when it is not there or may not be read. */
  listDirectory(path: string): string[] {
    const directory = this.#symbols.opendir(cString(path));
    if (directory === null) return [];
    const names: string[] = [];
    try {
      for (;;) {
        const entry = this.#symbols.readdir(directory);
        if (entry === null) return names;
        const name = new Deno.UnsafePointerView(entry).getCString(NAME_IN_DIRENT);
        if (name !== "." && name !== "..") names.push(name);
      }
    } finally {
      this.#symbols.closedir(directory);
    }
  }

  /**
   * Writes a short text to a file of /proc.
   *
   * @throws {EdgeProbeError} when it cannot be written.
   */
  writeTextFile(path: string, text: string): void {
    const descriptor = this.#checked(
      "open",
      this.#symbols.open(cString(path), O_WRONLY | O_CLOEXEC),
      path,
    );
    try {
      const bytes = new TextEncoder().encode(text);
      const written = this.#symbols.write(descriptor, bytes, BigInt(bytes.length));
      this.#checked("write", Number(written), path);
    } finally {
      this.close(descriptor);
    }
  }

  /** Where a symbolic link points to, or undefined when there is no such link. */
  readLink(path: string): string | undefined {
    const buffer = new Uint8Array(4096);
    const length = this.#symbols.readlink(cString(path), buffer, BigInt(buffer.length));
    return Number(length) < 0
      ? undefined
      : new TextDecoder().decode(buffer.subarray(0, Number(length)));
  }

  /**
   * Reads a text file of /proc.
   *
   * @throws {EdgeProbeError} when it cannot be read or is larger than 16 MiB.
   */
  readTextFile(path: string): string {
    const descriptor = this.#checked(
      "open",
      this.#symbols.open(cString(path), O_RDONLY | O_CLOEXEC),
      path,
    );
    try {
      const decoder = new TextDecoder();
      const buffer = new Uint8Array(64 * 1024);
      let text = "";
      while (text.length < MAX_FILE_LENGTH) {
        const read = this.#symbols.read(descriptor, buffer, BigInt(buffer.length));
        const length = this.#checked("read", Number(read), path);
        if (length === 0) return text;
        text += decoder.decode(buffer.subarray(0, length), { stream: true });
      }
      throw new EdgeProbeError(`Cannot read ${path}: larger than ${MAX_FILE_LENGTH} bytes`);
    } finally {
      this.close(descriptor);
    }
  }

  /**
   * How many bytes of a pipe are unread, and whether anybody can still read them, asked at its writing end.
   *
   * @throws {EdgeProbeError} when the descriptor is no pipe.
   */
  pipeState(descriptor: number): { readonly unread: number; readonly held: boolean } {
    // struct pollfd | fd i32 | events i16 | revents i16 |
    const poll = new Int16Array(4);
    new Int32Array(poll.buffer)[0] = descriptor;
    poll[2] = POLLOUT;
    this.#checked("poll", this.#symbols.poll(poll, 1n, 0));
    const unread = new Int32Array(1);
    this.#checked("ioctl", this.#symbols.ioctl(descriptor, FIONREAD, unread));
    // A pipe that nobody reads any more is in error (poll(2)).
    return { unread: unread[0] ?? 0, held: ((poll[3] ?? 0) & POLLERR) === 0 };
  }

  /** Closes a descriptor that {@linkcode socket} returned. */
  close(descriptor: number): void {
    this.#symbols.close(descriptor);
  }

  /** Lets go of the library; the last one who does closes it. Descriptors stay open. */
  [Symbol.dispose](): void {
    if (this.#library === undefined) return;
    this.#library = undefined;
    if (shared === undefined || --shared.holders > 0) return;
    shared.library.close();
    shared = undefined;
  }

  get #symbols(): Library["symbols"] {
    if (this.#library === undefined) throw new EdgeProbeError("Cannot ask the kernel: closed");
    return this.#library.symbols;
  }

  #name(call: "getsockname" | "getpeername", descriptor: number): Uint8Array | undefined {
    const address = new Uint8Array(128);
    const length = new Uint32Array([address.length]);
    const failed = this.#symbols[call](descriptor, address, length) !== 0;
    return failed ? undefined : address.subarray(0, length[0]);
  }

  #checked(call: string, result: number, subject?: string): number {
    if (result >= 0) return result;
    const location = this.#symbols.__errno_location();
    const errno = location === null ? 0 : new Deno.UnsafePointerView(location).getInt32();
    const where = subject === undefined ? "" : ` (${subject})`;
    throw new EdgeProbeError(
      `Cannot ask the kernel: ${call}${where} failed, errno ${errno}`,
      errno,
    );
  }
}

function load(): Library {
  for (const name of LIBRARIES) {
    try {
      return Deno.dlopen(name, SYMBOLS);
    } catch {
      // The next name is tried; the error below names them all.
    }
  }
  throw new EdgeProbeError(`Cannot ask the kernel: no C library among ${LIBRARIES.join(", ")}`);
}

function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}
