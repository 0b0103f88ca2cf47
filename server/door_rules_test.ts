import { assertEquals } from "@std/assert";
import { parseOptions } from "../cli/options.ts";
import { doorRules, mostNewcomers } from "./door_rules.ts";
import { THIS_MACHINE } from "./doorkeeper.ts";
import { OPTIONS } from "./options.ts";

function settings(...args: string[]) {
  return parseOptions(OPTIONS, args).values;
}

Deno.test("by default a source has a quarter of the connections, newcomers a third, and this machine is exempt", () => {
  const some = settings("--max-connections", "10");
  assertEquals([doorRules(some).mostPerSource, mostNewcomers(some)], [3, 4]);
  assertEquals(doorRules(some).exempt, THIS_MACHINE);
  const said = settings("--max-per-address", "7", "--max-unauthenticated", "9", "--exempt", "none");
  assertEquals([doorRules(said).mostPerSource, mostNewcomers(said)], [7, 9]);
  assertEquals(doorRules(said).exempt, []);
});
