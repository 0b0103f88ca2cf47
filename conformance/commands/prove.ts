import { parseOptions, UsageError } from "../../cli/options.ts";
import { framing } from "../../protocol/framing/mod.ts";
import { CHECKS } from "../verify/checks.ts";
import { formatVerification, verifyDecoder } from "../verify/mod.ts";
import { PROVED_FRAMINGS } from "../verify/proved_framings.ts";
import type { Command } from "./command.ts";
import { PROVE_OPTIONS } from "./options.ts";

const CHECK_NAMES: readonly string[] = CHECKS.map(({ name }) => name);

/** `prove SPEC…`: our own decoders, in process, under every chunking. */
export const PROVE: Command = {
  name: "prove",
  summary: "prove our own decoders in process, under every chunking",
  page: {
    text: {
      usage: ["nonstick-conformance prove SPEC... | all [OPTION]..."],
      about:
        "Proves in process that our decoders keep the laws of framing: every cut, every pair of\n" +
        "cuts, and by closure all 2^(n-1) chunkings of a stream. Says k of K for each check.",
      tables: { "Exit codes": [["0", "proved"], ["1", "a law is broken"], ["2", "usage"]] },
      examples: [
        ["nonstick-conformance prove u32be varint", "two framings"],
        ["nonstick-conformance prove all --checks closure", "the closure proof for every framing"],
      ],
    },
    options: PROVE_OPTIONS,
  },
  run(args, write, sources) {
    const { values, words } = parseOptions(PROVE_OPTIONS, args, sources);
    if (words.length === 0) throw new UsageError("SPEC is missing, such as u32be; or say all.");
    const specs = words.flatMap((word) => word === "all" ? PROVED_FRAMINGS : [framing(word).spec]);
    const checks = values.checks.flat();
    const unknown = checks.find((check) => !CHECK_NAMES.includes(check));
    if (unknown !== undefined) {
      throw new UsageError(`There is no check ${unknown}; there are ${CHECK_NAMES.join(", ")}.`);
    }
    let proved = 0;
    for (const spec of specs) {
      const result = verifyDecoder(spec, {
        seed: values.seed,
        ...(checks.length > 0 ? { checks } : {}),
      });
      if (result.ok) proved++;
      write(
        values.json ? JSON.stringify({ type: "proof", ...result }) : formatVerification(result),
      );
      if (!values.json) write("");
    }
    if (!values.json) write(`proved: ${proved} of ${specs.length} framings`);
    return Promise.resolve(proved === specs.length ? 0 : 1);
  },
};
