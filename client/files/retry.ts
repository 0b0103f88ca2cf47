import type { NativeClient } from "../../protocol/native/mod.ts";
import { ExchangeError } from "../../protocol/native/mod.ts";
import { ConnectionLostError, DeadlineError } from "../../protocol/session/mod.ts";
import { ConnectError } from "../../protocol/transport/mod.ts";
import type { CommandContext } from "../commands/command.ts";
import { RemoteError } from "../errors.ts";

/** First and longest pause between two tries, in ms. */
const FIRST_PAUSE = 250, LONGEST_PAUSE = 10_000;

/**
 * Does `work` over the connection, and again over new ones when the connection breaks off, after pauses that double. Work
 * that got further than the time before starts the count anew.
 */
export async function withRetries<Result>(
  context: CommandContext,
  work: (native: NativeClient) => Promise<Result>,
  options: { readonly progress: () => number; readonly onRetry: (why: string, ms: number) => void },
): Promise<Result> {
  const { retries } = context.settings;
  let pause = FIRST_PAUSE, tries = 0, reached = options.progress();
  for (;;) {
    try {
      const { native } = context;
      if (native === null) throw new RemoteError("Files need nonstick/1");
      return await work(native.isOpen && tries === 0 ? native : await context.again());
    } catch (error) {
      if (!isPassing(error)) throw error;
      if (options.progress() > reached) {
        reached = options.progress();
        pause = FIRST_PAUSE;
        tries = 0;
      }
      if (++tries > retries) throw error;
      options.onRetry(error.message, pause);
      await new Promise((resolve) => setTimeout(resolve, pause));
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    }
  }
}

/** The same command, but nothing is tried again: what it reads or writes cannot be had twice. */
export function once(context: CommandContext): CommandContext {
  return { ...context, settings: { ...context.settings, retries: 0 } };
}

/** Whether trying again may help: it is about the connection or the moment, not about what was asked. */
function isPassing(error: unknown): error is Error {
  if (error instanceof ExchangeError) {
    return error.code === "shutdown" || error.code === "timeout" || error.info["busy"] === true;
  }
  return error instanceof ConnectionLostError || error instanceof DeadlineError ||
    error instanceof ConnectError && error.reason !== "tls";
}
