import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { UsageError } from "../../cli/options.ts";
import { ExchangeError } from "../../protocol/native/mod.ts";
import { ListenError } from "../../protocol/transport/mod.ts";
import { Calls } from "./calls.ts";

interface Greeter {
  greet(name: string): string;
  fail(how: string): Promise<void>;
  hang(): Promise<void>;
}

/** A line and both of its ends. */
function line(ours: Greeter): { calls: Calls<Greeter>; end: Disposable } {
  const { port1, port2 } = new MessageChannel();
  const there = new Calls(port2, ours), calls: Calls<Greeter> = new Calls(port1, {});
  return {
    calls,
    end: {
      [Symbol.dispose]() {
        calls.close(new Error("over"));
        there.close(new Error("over"));
      },
    },
  };
}

function greeter(told: string[] = []): Greeter {
  return {
    greet(name) {
      told.push(name);
      return `Hello, ${name}!`;
    },
    fail(how) {
      switch (how) {
        case "exchange":
          throw new ExchangeError("not-found", "There is no eve", { name: "eve" });
        case "listen":
          throw new ListenError("tcp://[::1]:7", "in-use", "somebody is: there");
        case "usage":
          return Promise.reject(new UsageError("No such thing."));
        default:
          return Promise.reject(new RangeError("out of it"));
      }
    },
    hang: () => new Promise(() => {}),
  };
}

Deno.test("what is asked is answered, what is told comes in its order", async () => {
  const told: string[] = [];
  const { calls, end } = line(greeter(told));
  using _end = end;
  calls.tell("greet", "Ann");
  calls.tell("greet", "Bob");
  assertEquals(await Promise.all(["Eve", "Zoe"].map((name) => calls.ask("greet", [name]))), [
    "Hello, Eve!",
    "Hello, Zoe!",
  ]);
  assertEquals(told, ["Ann", "Bob", "Eve", "Zoe"]);
});

Deno.test("errors are in the other thread what they were", async () => {
  const { calls, end } = line(greeter());
  using _end = end;
  const exchange = await assertRejects(() => calls.ask("fail", ["exchange"]), ExchangeError);
  assertEquals(
    [exchange.code, exchange.message, exchange.info],
    ["not-found", "There is no eve", { name: "eve" }],
  );
  const listen = await assertRejects(() => calls.ask("fail", ["listen"]), ListenError);
  assertEquals(
    [listen.endpoint, listen.reason, listen.message],
    ["tcp://[::1]:7", "in-use", "Cannot listen on tcp://[::1]:7: somebody is: there"],
  );
  await assertRejects(() => calls.ask("fail", ["usage"]), UsageError, "No such thing.");
  const other = await assertRejects(() => calls.ask("fail", [""]), Error, "out of it");
  assertEquals(other.name, "RangeError");
  assert(other.stack?.includes("calls_test.ts"));
});

Deno.test("nobody waits longer than they said, or for a thread that has ended", async () => {
  const { calls, end } = line(greeter());
  using _end = end;
  await assertRejects(() => calls.ask("hang", [], 20), Error, "did not answer hang within 20 ms");
  const waiting = calls.ask("hang", []);
  const why = new Error("it has ended");
  calls.close(why);
  assertStrictEquals(await waiting.catch((error) => error), why);
  assertStrictEquals(await calls.ask("greet", ["Ann"]).catch((error) => error), why);
});
