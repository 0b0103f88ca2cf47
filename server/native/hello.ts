import { ExchangeError, type NativeService } from "../../protocol/native/mod.ts";
import { greet, WELCOME } from "../services/hello.ts";

/** Most bytes of a name. */
const LONGEST = 4096;
const encoder = new TextEncoder();

/** Says `Welcome!`, then greets each part it gets, which is taken for one name. */
export const hello: NativeService = async (exchange) => {
  await exchange.send(encoder.encode(WELCOME));
  for await (const { bytes } of exchange) {
    if (bytes.length > LONGEST) {
      throw new ExchangeError("limit", `A name has up to ${LONGEST} bytes, not ${bytes.length}`);
    }
    await exchange.send(greet(bytes));
  }
};
