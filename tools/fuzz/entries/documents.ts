import { configSources } from "../../../cli/config_file.ts";
import { environmentSource } from "../../../cli/environment.ts";
import { parseOptions, UsageError } from "../../../cli/options.ts";
import { everyOption, settable } from "../../../cli/sources.ts";
import { tokenOf } from "../../../cli/token.ts";
import { MANUAL as CLIENT } from "../../../client/manual.ts";
import { MANUAL as CONFORMANCE } from "../../../conformance/manual.ts";
import { parseScenario } from "../../../conformance/exchange/conversation.ts";
import { ScenarioError } from "../../../conformance/exchange/scenario.ts";
import { HistoryError, readHistory } from "../../../conformance/history/read_history.ts";
import { readReplayFile, ReplayFileError } from "../../../conformance/replay/replay_file.ts";
import { MANUAL as SERVER } from "../../../server/manual.ts";
import { attempt, type Entry, must } from "../entry.ts";
import { InputReader, textOf } from "../input_reader.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const MANUALS = [SERVER, CLIENT, CONFORMANCE];
const TABLES = MANUALS.map((manual) => everyOption(manual));
const NAMES = TABLES.flatMap((table) => Object.keys(table));

/** An entry whose input is a document. */
function documentEntry(
  name: string,
  about: string,
  samples: readonly string[],
  words: readonly string[],
  read: (text: string, choice: number) => void,
): Entry {
  return {
    name,
    about,
    words,
    valid: (random) => utf8(String.fromCharCode(random.below(128)) + random.pick(samples)),
    open: () => ({
      run: (input) => {
        const choice = new InputReader(input).byte();
        read(textOf(input.subarray(1)), choice);
      },
    }),
  };
}

const OPTIONS = documentEntry(
  "options",
  "a command line of each program: UsageError alone",
  [
    "--listen\0tcp://:0\0--log\0json",
    "--to\0tcp://:1\0echo\0hi",
    "run\0--seed\0" + "7",
    "-h",
    "--\0--x",
  ],
  [...NAMES.map((name) => `--${name}`), "\0", "=", "--", "-", "--no-", "1e9", "0"],
  (text, choice) => {
    const table = TABLES[choice % TABLES.length];
    must(table !== undefined, "there is a table");
    attempt(() => parseOptions(table, text.split("\0")), UsageError);
  },
);

const CONFIG = documentEntry(
  "config",
  "a config file of each program: UsageError alone",
  [
    '{ "listen": ["tcp://:0"], // x\n "log": "json", }',
    '{"to":"tcp://:1","get":{"retries":3}}',
    "{}",
  ],
  [...NAMES.map((name) => `"${name}":`), "//", "/*", "*/", "true", "[", "{", '"__proto__":{}'],
  (text, choice) => {
    const manual = MANUALS[choice % MANUALS.length];
    must(manual !== undefined, "there is a manual");
    const commands = Object.fromEntries(
      manual.commands.map(({ name, page }) => [name, settable(page.options)]),
    );
    const options = settable(everyOption(manual));
    const sources = attempt(
      () => configSources(text, "file", { options, commands }, "get"),
      UsageError,
    );
    if (sources !== undefined) {
      attempt(() => parseOptions(everyOption(manual), [], sources), UsageError);
    }
  },
);

const ENVIRONMENT = documentEntry(
  "environment",
  "variables of each program: UsageError alone",
  ["LISTEN\0tcp://:0,tcp://:1", "LOG\0json", "TIMEOUT\0" + "5", "QUIET\0yes"],
  NAMES.map((name) => `${name.toUpperCase().replaceAll("-", "_")}\0`),
  (text, choice) => {
    const manual = MANUALS[choice % MANUALS.length];
    must(manual !== undefined, "there is a manual");
    const [name = "", value = ""] = text.split("\0");
    const table = settable(everyOption(manual));
    const environment = (asked: string) => asked.endsWith(`_${name}`) ? value : undefined;
    const source = attempt(() => environmentSource(manual.name, table, environment), UsageError);
    if (source !== undefined) attempt(() => parseOptions(table, [], [source]), UsageError);
    attempt(() => tokenOf(value), UsageError);
  },
);

const SCENARIO = documentEntry(
  "scenario",
  "a scenario: ScenarioError alone",
  [
    '{"name":"a","framing":"line","steps":[{"send":{"frames":["x",{"hex":"00"}]}},{"expect":{"count":1}}]}',
    '{"name":"b","pipelining":true,"steps":[{"send":{"text":"PING"}},{"expect":{"pattern":"P(O)?NG"}}]}',
    '{"name":"c","framing":{"requests":"u8","answers":"raw"},"steps":[{"delay":5},{"expectClose":"fin"}]}',
  ],
  [
    '"send":',
    '"expect":',
    '"json":',
    '"hex":',
    '"pattern":"',
    '"count":',
    '"quiet"',
    "(a+)+",
    "[",
    "u32be",
  ],
  (text) => void attempt(() => parseScenario(text), ScenarioError),
);

const REPLAY = documentEntry(
  "replay-file",
  "a replay file: ReplayFileError alone",
  [
    '{"type":"replay","format":1,"target":"tcp://h:1","framing":"u8","expect":"echo","stream":"0161","cuts":[1],' +
    '"waits":[],"end":"none","case":"1.1","detail":"x"}',
  ],
  [
    '"type":',
    '"format":',
    '"scenario":{}',
    '"mask":["x"]',
    '"cause":"LATE"',
    '"overLimit":"close"',
  ],
  (text) => void attempt(() => readReplayFile(text), ReplayFileError),
);

const HISTORY = documentEntry(
  "history",
  "a history: HistoryError alone",
  [
    '{"event":"run","atMs":0,"format":1,"about":{"version":"1","seed":7,"target":"tcp://h:1","framing":"u8","expect":"echo"}}\n' +
    '{"event":"ended","atMs":3,"how":"code 1"}\n{"event":"note","atMs":1,"case":"1.1","what":"x","values":{}}',
  ],
  [
    '"event":"play"',
    '"event":"stimulus"',
    '"event":"verdict"',
    '"event":"end"',
    '"result":{}',
    "\n",
  ],
  (text) => void attempt(() => readHistory(text.split("\n")), HistoryError),
);

/** Documents and settings, as users and other programs write them. */
export const DOCUMENT_ENTRIES: readonly Entry[] = [
  ...[OPTIONS, CONFIG, ENVIRONMENT, SCENARIO, REPLAY, HISTORY],
];
