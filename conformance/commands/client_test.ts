import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runProgram } from "../program.ts";
import { isInstalled } from "../testdata/targets/start_target.ts";
import { commandWords } from "../../cli/command_words.ts";

/** Runs the program; what it wrote and complained of, and its exit code. */
async function program(args: readonly string[]) {
  const out: string[] = [], complaints: string[] = [];
  const code = await runProgram(
    args,
    (text) => out.push(text),
    (text) => complaints.push(text),
  );
  return { code, out: out.join("\n"), complaint: complaints.join("\n") };
}

function clientPath(file: string): string {
  return decodeURIComponent(new URL(`../testdata/clients/${file}`, import.meta.url).pathname);
}

const LISTEN = ["client", "--listen", "tcp://127.0.0.1:0"];
/** A message with the payload `hello`. */
const ANSWER = "436f6e74656e742d4c656e6774683a20350d0a0d0a68656c6c6f";

Deno.test("client: a wrong command line is exit code 2, with a cure", async () => {
  const refuse = async (args: readonly string[], cure: string) => {
    const { code, complaint, out } = await program(args);
    assertEquals([code, out], [2, ""], complaint);
    assertStringIncludes(complaint, cure);
  };
  await refuse(["client", "--framing", "u32be"], "--listen URL is missing");
  await refuse(LISTEN, "--framing SPEC is missing");
  await refuse([...LISTEN, "tcp://127.0.0.1:1", "--framing", "u32be"], "is too much");
  await refuse([...LISTEN, "--framing", "u32be", "--tls-cert", "x"], "belong together");
  await refuse(["client", "--listen", "stdio:", "--framing", "u32be"], "a client dials");
  await refuse(["client", "--listen", "tls://127.0.0.1:0", "--framing", "u32be"], "--tls-cert");
  await refuse([...LISTEN, "--expect", "output"], "--answer");
  await refuse([...LISTEN, "--expect", "output", "--answer", "no such file"], "no file");
  await refuse([...LISTEN, "--expect", "output", "--answer", ANSWER], "needs --spawn");
  await refuse(["run", "tcp://127.0.0.1:1", "--expect", "output", "--framing", "u8"], "clients");
});

Deno.test("client: one that does not dial is exit code 4", async () => {
  const { code, complaint } = await program([...LISTEN, "--framing", "u32be", "--wait", "0.05"]);
  assertEquals(code, 4);
  assertStringIncludes(complaint, "did not dial tcp://127.0.0.1:");
});

Deno.test({
  name: "client: a run ends with its exit code, and the replay line fails again",
  ignore: !await isInstalled("python3"),
  async fn() {
    const spawn = (file: string) => ["--spawn", `python3 '${clientPath(file)}' {host} {port}`];
    const right = await program([
      ...LISTEN,
      "--framing",
      "u32be",
      ...spawn("echo_loop.py"),
      "--cases",
      "1.4",
    ]);
    assertEquals(right.code, 0, right.out + right.complaint);
    const wrong = await program([
      ...LISTEN,
      "--expect",
      "output",
      "--answer",
      ANSWER,
      ...spawn("get_one_recv.py"),
      "--cases",
      "1.1",
    ]);
    assertEquals(wrong.code, 1, wrong.out + wrong.complaint);
    const replay = /replay: nonstick-conformance (client .*)/.exec(wrong.out)?.[1];
    assert(replay, wrong.out);
    assertStringIncludes(replay, "--cuts");
    const again = await program(commandWords(replay));
    assertEquals(again.code, 1, again.out + again.complaint);
    assertStringIncludes(again.out, "the given stream");
  },
});
