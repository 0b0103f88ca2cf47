import type { NativeService } from "../../protocol/native/mod.ts";

/** Everything comes back as it was sent. */
export const echo: NativeService = async (exchange) => {
  for await (const { bytes, about } of exchange) await exchange.send(bytes, about);
};
