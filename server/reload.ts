import type { Log } from "./log.ts";

/**
 * Does `reload` at each SIGHUP, one after the other, until it is disposed of. What fails is logged, and everything stays as it
 * was. Windows has no such signal.
 */
export function onReload(log: Log, reload: () => Promise<void>): Disposable {
  if (Deno.build.os === "windows") return { [Symbol.dispose]() {} };
  let last = Promise.resolve();
  const listener = () => {
    last = last.then(reload).then(
      () => log.add("info", "reloaded", { signal: "SIGHUP" }),
      (error) =>
        log.add("error", "reload-failed", {
          message: error instanceof Error ? error.message : String(error),
        }),
    );
  };
  Deno.addSignalListener("SIGHUP", listener);
  return { [Symbol.dispose]: () => Deno.removeSignalListener("SIGHUP", listener) };
}
