import { assertEquals } from "@std/assert";
import { runZooClient } from "../datagram_clients/run_zoo_client.ts";
import { HISTORY_FORMAT } from "../history/history.ts";
import { readHistory } from "../history/read_history.ts";
import { recheckCertificate } from "./recheck_certificate.ts";

const ABOUT = {
  version: "0.1.0",
  seed: 1,
  target: "udp://127.0.0.1:0",
  framing: "datagram",
  expect: "upper",
  side: "client",
};

Deno.test("the certificate of a client of datagrams is counted again: each script is looked for", async (test) => {
  const lines = [
    JSON.stringify({ event: "run", atMs: 0, format: HISTORY_FORMAT, about: ABOUT }),
  ];
  const cases = await runZooClient("three.none", {
    cases: ["12.3", "12.4"],
    onHistory: (line) => lines.push(line),
  });
  for (const result of cases) lines.push(JSON.stringify({ event: "verdict", atMs: 1, result }));
  const found = (lines: readonly string[]) =>
    recheckCertificate(readHistory(lines))?.map(({ passed, total, mismatch }) => [
      `${passed} of ${total}`,
      mismatch === undefined ? "as told" : "MISMATCH",
    ]);
  const plays = lines.flatMap((line, at) =>
    line.includes('"event":"play"') && line.includes('"case":"12.4","role":"subject"') ? [at] : []
  );
  const scripts = plays.map((at) => /"stimulus":.*?(?=,"chunks":)/.exec(lines[at] ?? "")?.[0]);
  // What a busy machine made play again is there even without one of its plays.
  const [first = 0, second = 0] = plays.filter((_, i) =>
    scripts.indexOf(scripts[i]) === scripts.lastIndexOf(scripts[i])
  );
  const less = [["4 of 4", "as told"], ["16 of 17", "MISMATCH"]];
  const changed = (change: (line: string) => string) =>
    lines.with(second, change(lines[second] ?? ""));

  await test.step("the same, and whole", () => {
    assertEquals(found(lines), [["4 of 4", "as told"], ["17 of 17", "as told"]]);
    assertEquals(new Set(scripts).size, 17);
  });
  await test.step("a play that is not there is missing", () => {
    assertEquals(found(lines.toSpliced(second, 1)), less);
  });
  await test.step("a play twice is no two members", () => {
    assertEquals(found(changed(() => lines[first] ?? "")), less);
  });
  await test.step("what is not right when it is judged again does not count", () => {
    assertEquals(found(changed((line) => line.replace(/"exit":\d/, '"signal":"SIGABRT"'))), less);
  });
  await test.step("where the output is not there, nothing is counted", () => {
    const cut = changed((line) =>
      line.replace(/"output":\{"hex":/, '"output":{"length":999,"hexStart":')
    );
    assertEquals(found(cut), undefined);
  });
  await test.step("what it was answered must be known", () => {
    assertEquals(found(lines.with(0, lines[0]?.replace("upper", "none") ?? "")), undefined);
  });
});
