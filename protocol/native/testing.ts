/**
 * What the tests of nonstick/1 share.
 * @module
 */
import { memoryPair, type MemoryPairOptions } from "../transport/mod.ts";
import { NativeClient, type NativeClientOptions } from "./client.ts";
import { type NativeServerOptions, type NativeService, serveNative } from "./server.ts";

/** A client and the server that serves it, over memory. */
export interface NativePair extends AsyncDisposable {
  readonly client: NativeClient;
  /** What the server's end came to: undefined, or why it failed. */
  readonly served: Promise<unknown>;
}

/** Answers each part with itself. */
export const ECHO: NativeService = async (exchange) => {
  for await (const { bytes, about } of exchange) await exchange.send(bytes, about);
};

/** Starts a pair; with `chunk` the bytes arrive in such small pieces in both directions. */
export async function nativePair(
  services: NativeServerOptions["services"],
  options: {
    readonly server?: Partial<NativeServerOptions>;
    readonly client?: NativeClientOptions;
    readonly memory?: MemoryPairOptions;
  } = {},
): Promise<NativePair> {
  const [here, there] = memoryPair(options.memory);
  const served = serveNative(there, { services, ...options.server })
    .then(() => undefined, (error: unknown) => error)
    .finally(() => there.close());
  const client = await NativeClient.over(here, options.client);
  return {
    client,
    served,
    async [Symbol.asyncDispose]() {
      client.close();
      await served;
    },
  };
}
