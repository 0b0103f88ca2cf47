import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Ended, RunningServer, runProgram } from "../cli/testing.ts";

/** A server with a directory of files, a directory for the client, and the client. */
async function withFiles(
  flags: readonly string[],
  body: (world: {
    readonly there: string;
    readonly here: string;
    readonly url: string;
    readonly nonstick: (args: readonly string[], input?: string | Uint8Array) => Promise<Ended>;
  }) => Promise<void>,
): Promise<void> {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  const there = `${directory}/there`, here = `${directory}/here`;
  await Promise.all([there, here].map((path) => Deno.mkdir(path)));
  try {
    await using server = await RunningServer.start(
      ["--listen", "tcp://:0", "--root", there, ...flags],
      1,
    );
    const url = server.urls[0] ?? "";
    await body({
      ...{ there, here, url },
      nonstick: (args, input) => runProgram("client", ["--to", url, ...args], input),
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const WRITE = ["--allow-write"];

Deno.test("put, ls and get: files, directories, patterns and streams", () =>
  withFiles(WRITE, async ({ there, here, nonstick }) => {
    const bytes = crypto.getRandomValues(new Uint8Array(60_000));
    await Deno.mkdir(`${here}/dir/sub`, { recursive: true });
    await Deno.writeFile(`${here}/a.bin`, bytes);
    await Deno.writeTextFile(`${here}/dir/b.txt`, "bee");
    await Deno.writeTextFile(`${here}/dir/sub/c.txt`, "");
    const put = await nonstick(["put", `${here}/a.bin`, `${here}/dir`]);
    assertEquals(put, { code: 0, stdout: "", stderr: "" });
    assertEquals(await Deno.readFile(`${there}/a.bin`), bytes);
    assertEquals(await Deno.readTextFile(`${there}/dir/b.txt`), "bee");
    assertEquals(await Deno.readTextFile(`${there}/dir/sub/c.txt`), "");

    const stream = await nonstick(["put", "-", "--as", "new/s.txt"], "from stdin");
    assertEquals([stream.code, stream.stderr], [0, ""]);
    const ls = await nonstick(["--json", "ls", "-r"]);
    const names = ls.stdout.trim().split("\n").map((line) => JSON.parse(line))
      .map(({ name, type, size }) => [name, type, type === "file" ? size : 0]);
    assertEquals(names, [
      ["a.bin", "file", 60_000],
      ["dir", "dir", 0],
      ["dir/b.txt", "file", 3],
      ["dir/sub", "dir", 0],
      ["dir/sub/c.txt", "file", 0],
      ["new", "dir", 0],
      ["new/s.txt", "file", 10],
    ]);
    assertStringIncludes((await nonstick(["ls", "**/*.txt"])).stdout, " dir/sub/c.txt\n");

    const got = `${here}/got`;
    assertEquals((await nonstick(["get", "a.bin", "dir", "new/*.txt", "--into", got])).code, 0);
    assertEquals(await Deno.readFile(`${got}/a.bin`), bytes);
    assertEquals(await Deno.readTextFile(`${got}/dir/b.txt`), "bee");
    assertEquals(await Deno.readTextFile(`${got}/dir/sub/c.txt`), "");
    assertEquals(await Deno.readTextFile(`${got}/s.txt`), "from stdin");
    assertEquals(await nonstick(["get", "dir/b.txt", "-o", "-"]), {
      code: 0,
      stdout: "bee",
      stderr: "",
    });
    assertEquals((await nonstick(["get", "dir/b.txt", "-o", `${here}/other`])).code, 0);
    assertEquals(await Deno.readTextFile(`${here}/other`), "bee");
  }));

Deno.test("nothing is overwritten unless asked, on either side", () =>
  withFiles(WRITE, async ({ there, here, nonstick }) => {
    await Deno.writeTextFile(`${here}/a.txt`, "new");
    await Deno.writeTextFile(`${there}/a.txt`, "old");
    for (const args of [["put", `${here}/a.txt`], ["get", "a.txt", "--into", here]]) {
      const { code, stderr } = await nonstick(args);
      assertEquals(code, 1);
      assertStringIncludes(stderr, "a.txt is there already");
    }
    assertEquals(await Deno.readTextFile(`${there}/a.txt`), "old");
    assertEquals((await nonstick(["put", `${here}/a.txt`, "--rename"])).code, 0);
    assertEquals(await Deno.readTextFile(`${there}/a (1).txt`), "new");
    assertEquals((await nonstick(["put", `${here}/a.txt`, "--overwrite"])).code, 0);
    assertEquals(await Deno.readTextFile(`${there}/a.txt`), "new");
    const both = await nonstick(["put", "x", "--overwrite", "--rename"]);
    assertEquals(both.code, 2);
  }));

Deno.test("without --allow-write files are read-only, and what is not there is said", () =>
  withFiles([], async ({ there, here, nonstick }) => {
    await Deno.writeTextFile(`${here}/a.txt`, "new");
    const put = await nonstick(["put", `${here}/a.txt`]);
    assertEquals(put.code, 4);
    assertStringIncludes(put.stderr, "Files can be read here, not written");
    assertEquals([...Deno.readDirSync(there)], []);
    const table: [string[], number, string][] = [
      [["get", "none.txt"], 1, "There is no none.txt"],
      [["get", "*.none"], 1, "There is no file *.none"],
      [["get", "../here/a.txt"], 1, "has the part .."],
      [["get", "/etc/passwd"], 1, "is empty or absolute"],
      [["get", "a\x1b[2J", "-o", "-"], 1, "control or invisible character"],
      [["put", `${here}/missing`], 2, "There is no file"],
      [["put", "-"], 2, "--as NAME"],
      [["get", "a", "-o", "x", "--into", "y"], 2, "is for one file"],
      [["ls", "--overwrite"], 2, "ls has no option --overwrite"],
    ];
    for (const [args, code, problem] of table) {
      const ended = await nonstick(args);
      assertEquals([ended.code, ended.stdout], [code, ""], ended.stderr);
      assertStringIncludes(ended.stderr, problem);
    }
  }));

Deno.test(
  "links below the root lead nowhere",
  { ignore: Deno.build.os === "windows" },
  () =>
    withFiles(WRITE, async ({ there, here, nonstick }) => {
      await Deno.writeTextFile(`${here}/secret`, "secret");
      await Deno.symlink(`${here}/secret`, `${there}/link`);
      await Deno.symlink(here, `${there}/way`);
      for (
        const args of [["get", "link", "-o", "-"], ["get", "way/secret", "-o", "-"], ["ls", "way"]]
      ) {
        const { code, stdout, stderr } = await nonstick(args);
        assertEquals([code, stdout], [4, ""], stderr);
      }
      assertEquals((await nonstick(["ls"])).stdout, "");
      const put = await nonstick(["put", `${here}/secret`, "--into", "way"]);
      assertEquals(put.code, 4);
    }),
);

Deno.test("--json tells the progress and what was kept", () =>
  withFiles(WRITE, async ({ here, nonstick }) => {
    await Deno.writeFile(`${here}/a.bin`, new Uint8Array(9_000_000));
    const { stdout, stderr } = await nonstick(["--json", "put", `${here}/a.bin`]);
    const events = stdout.trim().split("\n").map((line) => JSON.parse(line));
    const last = events.at(-1);
    assertEquals([last.event, last.file, last.as, last.size], [
      "kept",
      "a.bin",
      "a.bin",
      9_000_000,
    ]);
    assert(/^[0-9a-f]{64}$/.test(last.root), stderr);
    assertEquals(events[0].event, "progress");
    assertEquals(events[0].total, 9_000_000);
  }));
