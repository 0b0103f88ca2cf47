import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { sarifReport } from "./sarif.ts";
import { FAILING, PASSING } from "./testing.ts";

interface Text {
  readonly text: string;
}
interface Sarif {
  readonly $schema: string;
  readonly version: string;
  readonly runs: readonly {
    readonly tool: {
      readonly driver: {
        readonly name: string;
        readonly rules: readonly {
          readonly id: string;
          readonly shortDescription: Text;
          readonly fullDescription: Text;
          readonly help: Text & { readonly markdown: string };
        }[];
      };
    };
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly kind: string;
      readonly message: Text;
      readonly locations: readonly {
        readonly physicalLocation: {
          readonly artifactLocation: { readonly uri: string };
          readonly region: { readonly startLine: number };
        };
      }[];
      readonly partialFingerprints: Readonly<Record<string, string>>;
      readonly suppressions?: readonly { readonly kind: string }[];
    }[];
  }[];
}

Deno.test("SARIF 2.1.0 has what GitHub code scanning asks for", () => {
  const log: Sarif = JSON.parse(sarifReport([FAILING]));
  assertEquals(log.version, "2.1.0");
  assertStringIncludes(log.$schema, "sarif-2.1.0.json");
  const [run] = log.runs;
  assert(run !== undefined);
  assertEquals(run.results.map(({ ruleId }) => ruleId), ["1.2", "2.1", "3.3", "8.2"]);
  assertEquals(run.results.map(({ level }) => level), ["error", "none", "warning", "error"]);
  for (const { ruleId, ruleIndex, message, locations, partialFingerprints } of run.results) {
    const rule = run.tool.driver.rules[ruleIndex];
    assertEquals(rule?.id, ruleId);
    for (
      const { text } of [message, rule?.shortDescription, rule?.fullDescription, rule?.help]
        .map((one) => one ?? { text: "" })
    ) assert(text.length > 0);
    assertEquals(locations[0]?.physicalLocation.artifactLocation.uri, `failures/${ruleId}.json`);
    assert((locations[0]?.physicalLocation.region.startLine ?? 0) >= 1);
    assert(Object.values(partialFingerprints).length > 0);
  }
  assertStringIncludes(run.tool.driver.rules[0]?.help.text ?? "", "Likely fix: ");
  assertEquals(run.results.at(-1)?.suppressions?.[0]?.kind, "external");
  // A result that is no failure must have the level none (SARIF 2.1.0, 3.27.10).
  for (const { kind, level } of run.results) assert(kind === "fail" || level === "none");
});

Deno.test("SARIF: fingerprints do not change from run to run; nothing to say is no result", () => {
  const prints = (text: string) => {
    const log: Sarif = JSON.parse(text);
    return log.runs[0]?.results.map(({ partialFingerprints }) => partialFingerprints);
  };
  const again = { ...FAILING, seed: 43, target: "tcp://127.0.0.1:7001" };
  assertEquals(prints(sarifReport([FAILING])), prints(sarifReport([again])));
  assertEquals(prints(sarifReport([PASSING])), []);
});
