import { assertEquals, assertMatch } from "@std/assert";
import { runTool } from "../testing.ts";

Deno.test({
  name: "a server under work and faults leaves nothing behind",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const { said } = await runTool("tools/soak/main.ts", "--minutes", "0.1", "--seed", "1");
    // In so few seconds memory has no second half to speak of.
    const failed = [...said.matchAll(/^FAILED (?!memory).*$/gm)].map((match) => match[0]);
    assertEquals(failed, [], said);
    assertMatch(said, /^ok .* exit code 0$/m);
  },
});
