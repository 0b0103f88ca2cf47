import { assertEquals, assertMatch } from "@std/assert";
import { projectPath } from "../project.ts";
import { stdFlags } from "../std.ts";

Deno.test({
  name: "a good client is answered among more bad ones than the server has files for",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const config = ["--quiet", "--config", projectPath("deno.json"), ...await stdFlags()];
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", ...config, projectPath("tools/abuse/main.ts"), "--files", "200"],
        // How long it takes is a matter of the machine, and measured by `deno task abuse`.
        ...["--slow", "80", "--greedy", "8", "--frames", "2000", "--seconds", "5"],
        ...["--again", "100", "--seed", "1", "--within", "9000"],
        ...["--", "--max-connections", "100", "--handshake-timeout", "2"],
      ],
      env: { NO_COLOR: "1" },
      signal: AbortSignal.timeout(90_000),
    }).output();
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    // In so few seconds memory has no second half to speak of.
    const judged = [...said.matchAll(/^(ok {4}|FAILED) (?!memory)(.*)$/gm)].map((match) =>
      match[0]
    );
    assertEquals(judged.filter((line) => line.startsWith("FAILED")), [], said);
    assertMatch(said, /2000 of 2000 came back/);
    assertEquals(code === 0 || /^FAILED memory/m.test(said), true, said);
  },
});
