import type { Log, LogFields } from "../log.ts";

/**
 * Does `reload` at each SIGHUP, one after the other, until it is disposed of, and logs what it tells or why it failed. Windows
 * has no such signal.
 */
export function onHangup(log: Log, reload: () => Promise<LogFields>): Disposable {
  if (Deno.build.os === "windows") return { [Symbol.dispose]() {} };
  let last: Promise<void> = Promise.resolve();
  const listener = () => {
    last = last.then(reload).then(
      (told) => log.add("info", "reloaded", { signal: "SIGHUP", ...told }),
      (error) =>
        log.add("error", "reload-failed", {
          message: error instanceof Error ? error.message : String(error),
        }),
    );
  };
  Deno.addSignalListener("SIGHUP", listener);
  return { [Symbol.dispose]: () => Deno.removeSignalListener("SIGHUP", listener) };
}
