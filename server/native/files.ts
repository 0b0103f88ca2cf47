import { join } from "node:path";
import {
  type FileRoot,
  fileSource,
  kindOf,
  nameParts,
  PartialFile,
  receiveFile,
  sendFile,
  type WhenExists,
} from "../../protocol/files/mod.ts";
import { PARTIAL_SUFFIX } from "../../protocol/files/name.ts";
import {
  type Exchange,
  ExchangeError,
  type JsonObject,
  type NativeService,
} from "../../protocol/native/mod.ts";
import { keepPace, type Patience } from "./keep_pace.ts";

/** Deepest directory that is listed with everything below it. */
const DEEPEST = 64;

/** Which files clients may have. */
export interface FilesGrant {
  /** The directory that they see. */
  readonly root: FileRoot;
  /** Whether they may add to it. */
  readonly write: boolean;
  /** When the system was started, in ms since 1970, if that is known. */
  readonly bootedMs?: number | undefined;
  /** How slowly a file that is put may come; as it likes without it. */
  readonly patience?: Patience;
}

/** Lists, gives and takes files below a directory (PROTOCOL.md, clauses 8.5 to 8.7). */
export function filesService(grant: FilesGrant): NativeService {
  return async (exchange) => {
    const { op } = exchange.args;
    try {
      if (op === "get") return await get(exchange, grant);
      if (op === "put") return await put(exchange, grant);
      if (op === "ls") return await list(exchange, grant);
    } catch (error) {
      throw told(error, nameOf(exchange.args));
    }
    throw new ExchangeError("invalid", '"op" is not get, put or ls');
  };
}

async function get(exchange: Exchange, { root }: FilesGrant): Promise<JsonObject> {
  const name = nameOf(exchange.args);
  const file = await root.openSafely(name, (path) => Deno.open(path));
  using source = await fileSource(file, name);
  return { ...await sendFile(exchange, source) };
}

async function put(exchange: Exchange, grant: FilesGrant): Promise<JsonObject> {
  const name = nameOf(exchange.args);
  if (!grant.write) throw new ExchangeError("denied", "Files can be read here, not written");
  const whenExists: WhenExists = exchange.args["overwrite"] === true
    ? "overwrite"
    : exchange.args["rename"] === true
    ? "rename"
    : "refuse";
  const { bootedMs, patience } = grant;
  const pace = patience && keepPace(patience);
  const kept = await receiveFile(
    exchange,
    (offer) => PartialFile.open(grant.root, name, offer, { whenExists, bootedMs }),
    // What has no size, such as the output of a program, comes when it comes.
    { onProgress: ({ bytes, total }) => total !== undefined && pace?.(bytes) },
  );
  return { ...kept };
}

async function list(exchange: Exchange, { root }: FilesGrant): Promise<void> {
  const { path = "", recursive = false } = exchange.args;
  if (typeof path !== "string") throw new ExchangeError("invalid", '"path" is not a text');
  const start = path === "" ? root.path : root.resolve(path);
  const kind = kindOf(start);
  if (kind === "missing") throw new ExchangeError("not-found", `There is no ${path}`);
  if (kind !== "directory") return await tellEntry(exchange, start, path);
  await listDirectory(exchange, start, path, recursive === true ? DEEPEST : 1);
}

/** Tells what is in a directory by name, and below it. Links lead nowhere and names that cannot be asked for are left out. */
async function listDirectory(
  exchange: Exchange,
  directory: string,
  name: string,
  depth: number,
): Promise<void> {
  const names = (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name).sort();
  for (const one of names.filter((one) => !one.endsWith(PARTIAL_SUFFIX))) {
    const path = join(directory, one);
    const full = name === "" ? one : `${name}/${one}`;
    if (!isName(full) || kindOf(path) === "link") continue;
    await tellEntry(exchange, path, full);
    if (depth > 1 && kindOf(path) === "directory") {
      await listDirectory(exchange, path, full, depth - 1);
    }
  }
}

async function tellEntry(exchange: Exchange, path: string, name: string): Promise<void> {
  try {
    const { isFile, isDirectory, size, mtime } = await Deno.lstat(path);
    await exchange.tell({
      kind: "entry",
      name,
      type: isFile ? "file" : isDirectory ? "dir" : "other",
      size,
      mtime: mtime?.getTime() ?? 0,
    });
  } catch (error) {
    // It has gone meanwhile.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function isName(name: string): boolean {
  try {
    nameParts(name);
    return true;
  } catch {
    return false;
  }
}

function nameOf({ name, path }: JsonObject): string {
  const given = name ?? path ?? "";
  if (typeof given === "string") return given;
  throw new ExchangeError("invalid", '"name" is not a text');
}

/** What the client is told of an error of the system: its kind, and no path of ours. */
function told(error: unknown, name: string): unknown {
  if (error instanceof Deno.errors.NotFound) {
    return new ExchangeError("not-found", `There is no ${name}`);
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return new ExchangeError("denied", `The server may not open ${name}`);
  }
  if (error instanceof Deno.errors.NotADirectory || error instanceof Deno.errors.IsADirectory) {
    return new ExchangeError("invalid", `${name} is no file`);
  }
  if (error instanceof Error && /no space left|quota|disk full/i.test(error.message)) {
    return new ExchangeError("io", "There is no room left on the server");
  }
  return error;
}
