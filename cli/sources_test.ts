import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { MANUAL as CLIENT } from "../client/manual.ts";
import { MANUAL as CONFORMANCE } from "../conformance/manual.ts";
import { MANUAL as SERVER } from "../server/manual.ts";
import { readJson } from "../tools/project.ts";
import { variableOf } from "./environment.ts";
import { parseOptions, type Source, UsageError } from "./options.ts";
import { everyOption, settable, sourcesOf } from "./sources.ts";
import { runProgram } from "./testing.ts";

const MANUALS = { server: SERVER, client: CLIENT, conformance: CONFORMANCE };

/** Runs `body` with a config file; disposes of it afterwards. */
async function withConfig(text: string, body: (file: string) => Promise<void>): Promise<void> {
  const file = await Deno.makeTempFile({ suffix: ".jsonc" });
  try {
    await Deno.writeTextFile(file, text);
    await body(file);
  } finally {
    await Deno.remove(file);
  }
}

function variables(of: Readonly<Record<string, string>>): (name: string) => string | undefined {
  return (name) => of[name];
}

/** The texts of an option in the first source that has it. */
function textsIn(sources: readonly Source[], name: string): readonly string[] | undefined {
  return sources.find((source) => source.has(name))?.get(name)?.texts;
}

Deno.test("options win over variables, these over the section of the command, that over the rest", () =>
  withConfig(
    `{ "timeout": 1, "retries": 1, "quiet": true, "get": { "timeout": 2, "retries": 2 } }`,
    async (config) => {
      const environment = variables({
        NONSTICK_CLIENT_TIMEOUT: "3",
        NONSTICK_CLIENT_CONFIG: config,
      });
      const args = ["get", "a"];
      const sources = await sourcesOf(CLIENT, args, { command: "get", environment });
      const { options } = CLIENT.page;
      const read = (args: string[]) => parseOptions(options, args, sources).values;
      assertEquals(read(args)["timeout"], 3000);
      assertEquals(read([...args, "--timeout", "4"])["timeout"], 4000);
      assertEquals([read(args)["retries"], read(args)["quiet"]], [2, true]);
    },
  ));

Deno.test("--config wins over its variable", () =>
  withConfig(`{ "timeout": 1 }`, async (config) => {
    const environment = variables({ NONSTICK_CLIENT_CONFIG: "/no/such/file" });
    const sources = await sourcesOf(CLIENT, ["--config", config, "ping"], { environment });
    assertEquals(textsIn(sources, "timeout"), ["1"]);
  }));

Deno.test("settings of options that a command does not take are no mistake, and not for it", async () => {
  const environment = variables({ NONSTICK_CLIENT_OVERWRITE: "1" });
  for (const [command, taken] of [["get", ["true"]], ["echo", undefined]] as const) {
    const sources = await sourcesOf(CLIENT, [command], { command, environment });
    assertEquals(textsIn(sources, "overwrite"), taken);
  }
});

Deno.test("who asks for help gets it, whatever is set", async () => {
  const environment = variables({ NONSTICK_SERVER_CONFIG: "/no/such/file" });
  for (const args of [["--help"], ["-h"], ["--version"]]) {
    assertEquals(await sourcesOf(SERVER, args, { environment }), []);
  }
  await assertRejects(() => sourcesOf(SERVER, [], { environment }), UsageError, "/no/such/file");
});

Deno.test("neither variables nor files set help, version, or another config file", () =>
  withConfig(`{ "config": "x" }`, async (config) => {
    const failed = await assertRejects(() => sourcesOf(SERVER, ["--config", config]), UsageError);
    assertStringIncludes(failed.message, 'there is no option "config"');
    for (const manual of Object.values(MANUALS)) {
      const names = Object.keys(settable(everyOption(manual)));
      assertEquals(names.filter((name) => ["config", "help", "version"].includes(name)), []);
    }
  }));

Deno.test("each program may see the variables of its own prefix", () => {
  const { permissions } = readJson("deno.json");
  for (const [name, { name: program }] of Object.entries(MANUALS)) {
    const set: unknown = Object(permissions)[name];
    assertStringIncludes(JSON.stringify(Object(set).env), `"${variableOf(program, "")}*"`);
  }
});

Deno.test("no two options of a program have the same variable, and all can be set", () => {
  for (const manual of Object.values(MANUALS)) {
    const names = Object.keys(everyOption(manual)).map((name) => variableOf(manual.name, name));
    assertEquals(new Set(names).size, names.length);
    assertEquals(names.filter((name) => !/^[A-Z][A-Z0-9_]*$/.test(name)), []);
  }
});

Deno.test("secrets are named by their file, never written in an option, a variable or a config file", () => {
  for (const manual of Object.values(MANUALS)) {
    for (const [name, { placeholder = "none" }] of Object.entries(everyOption(manual))) {
      const secret = /token|secret|password|(^|-)key$/.test(name);
      assert(!secret || ["none", "FILE"].includes(placeholder), `--${name} ${placeholder}`);
    }
  }
});

Deno.test("each program reads its config file and says what is wrong with it", () =>
  withConfig(`{\n  // seconds\n  "timeot": 1,\n}`, async (config) => {
    const lines = {
      client: ["ping"],
      conformance: ["run", "tcp://127.0.0.1:1", "--framing", "u8"],
      server: [],
    };
    for (const name of ["client", "conformance", "server"] as const) {
      const { code, stderr } = await runProgram(name, [...lines[name], "--config", config]);
      assertEquals([code, name], [2, name], stderr);
      assertStringIncludes(stderr, `${config}, line 3: there is no option "timeot"`);
    }
  }));

Deno.test("a program runs by its config file", () =>
  withConfig(
    `{ "framing": "u32be", "checks": ["closure"], "prove": { "json": true } }`,
    async (config) => {
      const args = ["prove", "u32be", "--config", config];
      const { code, stdout, stderr } = await runProgram("conformance", args);
      assertEquals([code, stderr], [0, ""]);
      assertStringIncludes(stdout, `"closure"`);
      assertEquals(stdout.trim().split("\n").every((line) => line.startsWith("{")), true);
    },
  ));
