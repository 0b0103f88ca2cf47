/**
 * The clients of the socket tutorials, written in Python from the table of docs/DIALECTS.md, against our server.
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { RunningServer } from "../../cli/testing.ts";
import { projectPath } from "../../tools/project.ts";

const unix = { ignore: Deno.build.os === "windows" };

const DIALECTS = [
  ...["upper", "hello", "exec-raw", "exec-i32le", "exec-json", "exec-info"],
  ...["files-json", "files-pipe", "chat-raw"],
] as const;

type Dialect = typeof DIALECTS[number];

async function withServer(
  body: (world: {
    readonly root: string;
    readonly python: (dialect: Dialect, ...args: string[]) => Promise<string>;
  }) => Promise<void>,
  ...flags: string[]
): Promise<void> {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    await using server = await RunningServer.start([
      ...DIALECTS.flatMap((dialect) => ["--listen", `tcp://:0?speak=${dialect}`]),
      ...["--root", root, "--allow-write", "--room"],
      ...["--allow-exec", "printf,sh,true,python3", ...flags],
    ], DIALECTS.length);
    const python = async (dialect: Dialect, ...args: string[]) => {
      const port = new URL(server.urls[DIALECTS.indexOf(dialect)] ?? "").port;
      const script = `server/dialects/testdata/${dialect.replaceAll("-", "_")}_client.py`;
      const { success, stdout, stderr } = await new Deno.Command("python3", {
        args: [projectPath(script), port, ...args],
        signal: AbortSignal.timeout(60_000),
      }).output();
      assert(success, new TextDecoder().decode(stderr));
      return new TextDecoder().decode(stdout);
    };
    await body({ root, python });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** Waits for a file: a put is not answered. */
async function there(path: string): Promise<void> {
  for (let i = 0; !await Deno.stat(path).catch(() => null); i++) {
    assert(i < 1000, `${path} does not come`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

Deno.test("upper and hello", unix, () =>
  withServer(async ({ python }) => {
    assertEquals(await python("upper", "abc", "粘包 x"), "ABC\n粘包 X\n");
    assertEquals(
      await python("hello", "Michael", "Tracy"),
      "Welcome!\nHello, Michael!\nHello, Tracy!\n",
    );
  }));

Deno.test(
  "exec: several commands on one connection, empty and large outputs, errors",
  unix,
  () =>
    withServer(async ({ python }) => {
      const large = "python3 -c \"print('x' * 1048575)\"";
      const commands = [
        "printf 'a b'",
        "true",
        "sh -c 'echo out; echo err >&2'",
        "printf '%s' ';|$(id)'",
      ];
      assertEquals(await python("exec-raw", ...commands), "a b\nno output!\nout\nerr\n\n;|$(id)\n");
      for (const dialect of ["exec-i32le", "exec-json", "exec-info"] as const) {
        const greeting = dialect === "exec-info" ? "欢迎登录\n" : "";
        const small = await python(dialect, ...commands);
        assertEquals(small, `${greeting}3:a b0:8:out\nerr\n7:;|$(id)`, dialect);
        assertEquals(await python(dialect, large), `${greeting}1048576:${"x".repeat(1_048_575)}\n`);
        const denied = await python(dialect, "id", "printf 'open", "printf after");
        assertStringIncludes(denied, "nonstick-server: The program id is not allowed here\n");
        assertStringIncludes(denied, "nonstick-server: ' is not closed\n");
        assert(denied.endsWith("5:after"), denied);
      }
    }),
);

Deno.test("--exec-shell is a shell, and says so loudly", unix, async () => {
  await withServer(
    async ({ python }) => {
      assertEquals(await python("exec-i32le", "echo $((1+2)) | cat"), "2:3\n");
    },
    "--exec-shell",
    "--allow-exec",
    "*",
  );
  await using server = await RunningServer.start(
    ["--listen", "tcp://:0?speak=exec-raw", "--exec-shell", "--allow-exec", "*"],
    1,
  );
  server.kill("SIGTERM");
  assertStringIncludes((await server.ended()).stderr, "WARNING: --exec-shell");
});

Deno.test(
  "files: put and get on one connection, missing ones, names that lead out",
  unix,
  () =>
    withServer(async ({ root, python }) => {
      const here = await Deno.makeTempDir();
      const bytes = crypto.getRandomValues(new Uint8Array(50_000));
      await Deno.writeFile(`${here}/a.bin`, bytes);
      await Deno.writeFile(`${here}/empty`, new Uint8Array(0));
      const said = await python(
        "files-json",
        ...["put", `${here}/a.bin`, "a.bin", "get", "a.bin", `${here}/back`],
        ...[
          "get",
          "none",
          `${here}/none`,
          "put",
          `${here}/empty`,
          "empty",
          "get",
          "empty",
          `${here}/e`,
        ],
      );
      assertEquals(said, "got\nmissing\ngot\n");
      assertEquals(await Deno.readFile(`${here}/back`), bytes);
      assertEquals((await Deno.stat(`${here}/e`)).size, 0);
      await python("files-json", "put", `${here}/a.bin`, "a.bin");
      await there(`${root}/a (1).bin`);
      assertEquals(await Deno.readFile(`${root}/a (1).bin`), bytes);
      assertEquals(await python("files-json", "get", "../a", `${here}/out`), "missing\n");
      await Deno.writeFile(`${here}/p.bin`, bytes.slice(0, 1000));
      await python("files-pipe", `${here}/p.bin`, "p.bin");
      for (let i = 0; i < 100 && !await Deno.stat(`${root}/p.bin`).catch(() => false); i++) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      assertEquals(await Deno.readFile(`${root}/p.bin`), bytes.slice(0, 1000));
      await Deno.remove(here, { recursive: true });
    }),
);

Deno.test(
  "chat: guests hear each other, and no control characters",
  unix,
  () =>
    withServer(async ({ python }) => {
      const hearing = python("chat-raw", "1");
      let heard = "";
      void hearing.then((text) => heard = text);
      while (heard === "") await python("chat-raw", "0", "hi \x1b[2J粘包");
      assert(/^guest-\d+: hi \\u001b\[2J粘包\n/.test(heard), heard);
    }),
);
