import { assertEquals, assertMatch } from "@std/assert";
import { runTool } from "../testing.ts";

Deno.test({
  name: "a good client is answered among more bad ones than the server has files for",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const { said } = await runTool(
      "tools/abuse/main.ts",
      ...["--files", "200", "--slow", "80", "--greedy", "8", "--frames", "2000", "--pings", "2"],
      // How long it takes is a matter of the machine, and measured by `deno task abuse`.
      ...["--seconds", "5", "--again", "100", "--seed", "1", "--within", "9000"],
      ...["--", "--max-connections", "100", "--handshake-timeout", "2"],
    );
    // In so few seconds memory has no second half to speak of.
    const failed = [...said.matchAll(/^FAILED (?!memory).*$/gm)].map((match) => match[0]);
    assertEquals(failed, [], said);
    assertMatch(said, /^ok .* 2000 of 2000 came back$/m);
    assertMatch(said, /^ok .* exit code 0$/m);
    assertMatch(said, /slowest [1-9]\d* ms \(\d+ to be connected; the server ran [1-9]\d* and /);
  },
});
