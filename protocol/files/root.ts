import { lstatSync } from "node:fs";
import { join } from "node:path";
import { ExchangeError } from "../native/mod.ts";
import { nameParts } from "./name.ts";

/**
 * A directory that names lead into and never out of: no name has `..`, and no symbolic link is followed below the root.
 */
export class FileRoot {
  /** The directory itself, as the system knows it. */
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Opens a directory as a root.
   *
   * @throws {ExchangeError} `not-found` if it is no directory.
   */
  static async open(directory: string): Promise<FileRoot> {
    try {
      const path = await Deno.realPath(directory);
      if ((await Deno.stat(path)).isDirectory) return new FileRoot(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    throw new ExchangeError("not-found", `${directory} is no directory`);
  }

  /**
   * The path of a name whose directories exist; what it names itself may be missing, but is no link.
   *
   * @throws {ExchangeError} `invalid` for a bad name, `not-found` for a missing directory, `denied` for a link on the way.
   */
  resolve(name: string): string {
    const parts = nameParts(name);
    let path = this.path;
    for (const [i, part] of parts.entries()) {
      path = join(path, part);
      const last = i === parts.length - 1;
      const kind = kindOf(path);
      if (kind === "link") throw new ExchangeError("denied", `${name} leads through a link`);
      if (!last && kind !== "directory") {
        throw new ExchangeError(
          "not-found",
          `There is no directory ${parts.slice(0, i + 1).join("/")}`,
        );
      }
    }
    return path;
  }

  /** Makes the directories that a name stands in. Throws as {@linkcode FileRoot.resolve}. */
  async makeDirectories(name: string): Promise<void> {
    const parts = nameParts(name);
    for (let depth = 1; depth < parts.length; depth++) {
      const path = this.resolve(parts.slice(0, depth).join("/"));
      if (kindOf(path) !== "missing") continue;
      await Deno.mkdir(path).catch((error) => {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      });
    }
  }

  /**
   * Opens what a name leads to, with `open`, and makes sure that what was opened is still what the name leads to: nobody
   * put a link in its way meanwhile.
   *
   * @throws {ExchangeError} as {@linkcode FileRoot.resolve}, `invalid` for what is no file, and `denied` when something was
   * swapped.
   */
  async openSafely(
    name: string,
    open: (path: string) => Promise<Deno.FsFile>,
  ): Promise<Deno.FsFile> {
    const path = this.resolve(name), kind = kindOf(path);
    // To open a pipe takes until somebody opens its other end.
    if (kind === "directory" || kind === "other") {
      throw new ExchangeError("invalid", `${name} is no file`);
    }
    const file = await open(path);
    try {
      if (!await isStillAt(file, this.resolve(name))) {
        throw new ExchangeError("denied", `${name} was swapped while it was opened`);
      }
      return file;
    } catch (error) {
      file.close();
      throw error;
    }
  }
}

/**
 * Whether an open file is what is at a path, and no link is. On Windows the runtime has no numbers of files to compare; there
 * links need privileges.
 */
export async function isStillAt(file: Deno.FsFile, path: string): Promise<boolean> {
  const opened = await file.stat();
  if (opened.ino === null) return true;
  const named = lstatSync(path, { throwIfNoEntry: false });
  return named?.ino === opened.ino && named.dev === opened.dev;
}

/** What is at a path, links not followed. */
export function kindOf(path: string): "missing" | "file" | "directory" | "link" | "other" {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return "missing";
  if (found.isSymbolicLink()) return "link";
  if (found.isDirectory()) return "directory";
  return found.isFile() ? "file" : "other";
}
