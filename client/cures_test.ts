import { assertEquals } from "@std/assert";
import { ExchangeError, RefusedError } from "../protocol/native/mod.ts";
import { cureFor } from "./cures.ts";

Deno.test("an error says what helps, where that is known", () => {
  const missing = new ExchangeError("unknown-service", "There is no service exec here");
  assertEquals(
    cureFor(missing, "exec"),
    " The server has it when it is started with --allow-exec PROG,….",
  );
  assertEquals(cureFor(missing, "other"), "");
  assertEquals(cureFor(missing, null), "");
  const there = new ExchangeError("exists", "a is there already");
  assertEquals(cureFor(there, "files"), " --overwrite replaces it, --rename keeps both.");
  assertEquals(cureFor(there, null), " --overwrite replaces it.");
  assertEquals(cureFor(there, "chat"), "");
  const busy = new ExchangeError("exists", "a is being sent", { busy: true });
  assertEquals(cureFor(busy, "files"), "");
  const refused = new RefusedError("The server asks for a token", "auth");
  assertEquals(cureFor(refused, "echo"), " The token is given by --token-file FILE.");
  assertEquals(cureFor(new Error("other"), "files"), "");
});
