import { assertEquals } from "@std/assert";
import { removeStaleParts } from "./stale_parts.ts";

const HOUR = 3600 * 1000, WEEK = 7 * 24 * HOUR;

Deno.test("what nobody went on with for a week is removed, once an hour, and nothing else", async () => {
  const directory = await Deno.makeTempDir();
  const now = Date.now();
  const put = async (name: string, ageMs: number) => {
    await Deno.writeTextFile(`${directory}/${name}`, "");
    await Deno.utime(`${directory}/${name}`, now / 1000, (now - ageMs) / 1000);
  };
  const names = () => [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
  await put(".old.nonstick-part", WEEK + HOUR);
  await put(".young.nonstick-part", WEEK - HOUR);
  await put("old.txt", WEEK + HOUR);
  await removeStaleParts(directory, now);
  assertEquals(names(), [".young.nonstick-part", "old.txt"]);
  await put(".old.nonstick-part", WEEK + HOUR);
  await removeStaleParts(directory, now + HOUR / 2);
  assertEquals(names().length, 3);
  await removeStaleParts(directory, now + 2 * HOUR);
  assertEquals(names(), ["old.txt"]);
  await Deno.remove(directory, { recursive: true });
});
