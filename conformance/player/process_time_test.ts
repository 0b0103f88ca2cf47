import { assert, assertEquals } from "@std/assert";
import { processTime } from "./process_time.ts";

const ignore = Deno.build.os !== "linux";

Deno.test({
  name: "work is counted, waiting is not",
  ignore,
  async fn() {
    const { pid } = Deno;
    const used = () => processTime(pid) ?? NaN;
    const before = used();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const waited = used();
    let sum = 0;
    while (used() < waited + 100) for (let i = 0; i < 1e5; i++) sum += i;
    assert(sum > 0 && waited - before < 150, `waiting took ${waited - before} ms`);
  },
});

Deno.test({
  name: "the name of a program may look like the end of its name",
  ignore,
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const program = `${folder}/a) R 9 9`;
      await Deno.writeTextFile(program, "#!/bin/sh\nread line\n", { mode: 0o700 });
      const child = new Deno.Command(program, { stdin: "piped" }).spawn();
      try {
        assert((processTime(child.pid) ?? Infinity) < 1000);
      } finally {
        await child.stdin.close();
        await child.status;
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("a process that is not there has no time", () => {
  assertEquals(processTime(0), undefined);
});
