/**
 * The small readers of texts, one after the other.
 * @module
 */
import { addressFacts, networkFacts, networkOf, sourceOf } from "../../../cli/address.ts";
import { commandWords, shellLine } from "../../../cli/command_words.ts";
import { printable, printableJson, printableLines } from "../../../cli/printable.ts";
import { globOf } from "../../../client/files/glob.ts";
import { globPattern } from "../../../conformance/cases/glob.ts";
import { KnownListError, parseKnownList } from "../../../conformance/known/known_list.ts";
import { parseChunking } from "../../../conformance/proxy/parse_chunking.ts";
import { ConformanceUsageError } from "../../../conformance/run_options.ts";
import { framing } from "../../../protocol/framing/mod.ts";
import { attempt, type Entry, must } from "../entry.ts";
import { textOf } from "../input_reader.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

/** An entry whose input is one text. */
function textEntry(
  { samples, check, ...entry }: Pick<Entry, "name" | "about"> & {
    readonly words?: readonly string[];
    readonly samples: readonly string[];
    readonly check: (text: string) => void;
  },
): Entry {
  return {
    ...entry,
    valid: (random) => utf8(random.pick(samples)),
    open: () => ({ run: (input) => check(textOf(input)) }),
  };
}

/** Most characters of the id of a case. */
const LONGEST_ID = 8;

/** What no terminal may get: written here once more, by code point. */
function isHarmful(unit: number): boolean {
  return unit < 0x20 || unit >= 0x7f && unit < 0xa0 || unit === 0x61c || unit === 0xfeff ||
    unit >= 0x200b && unit <= 0x200f || unit >= 0x2028 && unit <= 0x202e ||
    unit >= 0x2060 && unit <= 0x2069;
}

function isHarmless(text: string, allowed = ""): boolean {
  for (let i = 0; i < text.length; i++) {
    if (isHarmful(text.charCodeAt(i)) && !allowed.includes(text.charAt(i))) return false;
  }
  return true;
}

const PRINTABLE = textEntry({
  name: "printable",
  about: "no output has a control or a character that reorders; JSON is still the same value",
  samples: [
    "plain",
    "粘包 é",
    "a\u001b[2Jb",
    "\u202etxt.exe",
    "line\n\ttab",
    "\u009b31m",
    "\u{1f600}",
  ],
  words: ["\u001b]0;x\u0007", "\u0085", "\u2066", "\u200d", "\ufeff", "\u061c", "\u007f"],
  check(text) {
    const shown = printable(text);
    must(isHarmless(shown), "printable() neutralises everything");
    must(printable(shown) === shown, "what is harmless stays as it is");
    must(
      isHarmless(printableLines(text), "\n\t"),
      "printableLines() leaves line ends and tabs alone",
    );
    const json = printableJson({ text });
    must(isHarmless(json), "printableJson() neutralises everything");
    must(JSON.stringify(JSON.parse(json)) === JSON.stringify({ text }), "and it is the same value");
  },
});

const COMMAND_WORDS = textEntry({
  name: "command-words",
  about: "SyntaxError alone; words written as a line are the same words",
  samples: [
    "python3 'my server.py' {port}",
    `a "b \\" c" d\\ e`,
    "ls -l",
    "''",
    `printf '%s|' "$HOME"`,
  ],
  words: ["'", '"', "\\", " ", "\t", "\\\\", "''"],
  check(text) {
    const words = attempt(() => commandWords(text), SyntaxError);
    if (words === undefined) return;
    must(
      words.join("\0") === commandWords(shellLine(words)).join("\0"),
      "shellLine() is read as the same words",
    );
  },
});

const ADDRESS = textEntry({
  name: "address",
  about: "null or facts; an address is in its own network, and canonical",
  samples: [
    "127.0.0.1",
    "10.0.0.0/8",
    "192.168.1.1/255.255.255.0",
    "::1",
    "[fe80::1%eth0]",
    "2001:db8::/32",
  ]
    .concat(["::ffff:10.0.0.1", "::ffff:10.0.0.1/104", "64:ff9b::1", "0.0.0.0/0", "::/0"]),
  words: ["/", ":", "::", ".", "%", "/32", "/128", "::ffff:", "255.", "[", "]", "0x", "010."],
  check(text) {
    const facts = addressFacts(text);
    if (facts !== null) {
      const again = addressFacts(facts.address);
      must(
        again !== null && again.address === facts.address && again.kind === facts.kind,
        "an address is canonical",
      );
      must(networkOf(text)?.contains(text) === true, () => `${text} is in its own network`);
      must(sourceOf(text) !== null, "an address has a source");
    }
    const network = networkFacts(text);
    if (network === null) return;
    must(networkFacts(network.network)?.network === network.network, "a network is canonical");
    // IPv4 in IPv6 is IPv4, and in no network of IPv6.
    const whole = networkOf(text), last = addressFacts(network.last);
    must(
      whole?.contains(network.last) ===
        (last?.family === addressFacts(text.split("/", 1).join())?.family),
      () => `${network.last} is the last address of ${text}`,
    );
  },
});

const GLOB = textEntry({
  name: "glob",
  about:
    "a pattern or null; matching ends, whatever stars there are and whatever a server calls its files",
  samples: [
    "*.txt\0notes.txt",
    "a/**/b?.[a-z]\0a/x/y/bc.d",
    "[!a]*\0b",
    "**\0x/y",
    "plain\0plain",
    "*a*b*c\0aabbcc",
  ],
  words: ["*", "**", "?", "[", "]", "[!", "-", "/", "**/", "*a", "\\", "^", "$", "(", "{", "\0"],
  check(text) {
    const [pattern = "", name = ""] = text.split("\0");
    const glob = globOf(pattern);
    if (glob === null) must(!/[*?[]/.test(pattern), "a text without stars is no glob");
    else glob.matches(name);
    // The ids of cases are ours, and short.
    globPattern(pattern).test(name.slice(0, LONGEST_ID));
  },
});

const KNOWN_LIST = textEntry({
  name: "known-list",
  about: "KnownListError alone",
  samples: ["8.2 PHANTOM # issue 17\n1.* LATE\n", "# comment\r\n\r\n3.4 HANG", "1 CRASH # x # y"],
  words: ["#", "\n", "PHANTOM", "LATE", "constructor", "\t"],
  check: (text) => void attempt(() => parseKnownList(text, "failing", "list"), KnownListError),
});

const CHUNKING_FRAMING = framing("u32be");
const CHUNKING = textEntry({
  name: "chunking",
  about: "ConformanceUsageError alone; chunks are pieces of what came",
  samples: [
    "random",
    "header:3",
    "up=header:3,down=drip",
    "none",
    "drip",
    "size:7",
    "up=random",
    "split:2",
  ],
  words: ["up=", "down=", ",", ":", "random", "drip", "header", "9007199254740993", "-1", "1e3"],
  check(text) {
    const chunking = attempt(() => parseChunking(text, CHUNKING_FRAMING), ConformanceUsageError);
    chunking?.make("up", 1, 0);
    attempt(() => parseChunking(text, undefined), ConformanceUsageError);
  },
});

/** All of them. */
export const TEXT_ENTRIES: readonly Entry[] = [
  ...[PRINTABLE, COMMAND_WORDS, ADDRESS, GLOB, KNOWN_LIST, CHUNKING],
];
