import type { NativeService } from "../../protocol/native/mod.ts";
import { upperCase } from "../services/upper.ts";

/** Everything comes back with the bytes a–z in upper case. */
export const upper: NativeService = async (exchange) => {
  for await (const { bytes, about } of exchange) {
    upperCase(bytes, 0, bytes.length);
    await exchange.send(bytes, about);
  }
};
