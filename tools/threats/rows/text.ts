/**
 * S16, S17, S20, S23: texts and bodies.
 * @module
 */
import * as probe from "../probes/text.ts";
import { inFile, issue, type Threat } from "../threat.ts";

const printable = inFile("cli/printable_test.ts");
const output = inFile("client/output_test.ts");
const lines = inFile("client/chat_test.ts");
const ask = inFile("client/trust/known_hosts_test.ts");
const terminal = inFile("client/terminal_test.ts");
const fetch = inFile("client/fetch_test.ts");
const log = inFile("server/log_test.ts");
const chat = inFile("server/chat/chat_test.ts");

const FLOOD = chat("who floods is slowed, told, and at last sent away; who is too long is told");

/** What threatens whoever reads. */
export const TEXT: readonly Threat[] = [
  {
    id: "S16",
    title: "Texts that do things",
    threat:
      "A name, a chat line, an error or a log line moves the cursor, writes the clipboard, or shows itself reversed.",
    happened: `${issue("schollz/croc", 595)}, ${
      issue("magic-wormhole/magic-wormhole", 476)
    }, [scp CVE-2019-6109 and -6110](https://nvd.nist.gov/vuln/detail/CVE-2019-6109), Deno 2.9.4 and 2.9.5`,
    lesson: "`print(data.decode('utf-8'))`",
    covered: [
      [
        "every C0, DEL, C1, bidi and zero-width character",
        printable("printable shows every control and reordering character as an escape"),
      ],
      [
        "every field that the client prints, on a terminal; raw only with `--raw`",
        terminal("nothing that a server says controls the terminal, whichever field it is in"),
        terminal("--raw lets a terminal have the data as it is, and nothing else"),
      ],
      ["text of any language stays", printable("printable leaves text of any language as it is")],
      [
        "chat, both sides",
        chat("nothing that makes a terminal do things passes the server; UTF-8 does"),
        lines("an event is shown on one line, and nothing of it reaches the terminal raw"),
      ],
      [
        "answers and outputs on a terminal",
        output("a terminal gets no control characters of a server"),
        output("characters torn between two reads are whole on a terminal"),
      ],
      ["questions", ask("only yes and no are answers; escapes in the question are shown")],
      ["log lines", log("no field can break the line or the terminal")],
    ],
    probe: probe.escapes,
  },
  {
    id: "S17",
    title: "Forged log lines",
    threat: "CR and LF in a name write a line of their own into the log.",
    happened: "rsync 53788 (2026)",
    lesson: "`print(header['cmd'], header['filename'])`",
    covered: [
      [
        "one event is one line, as text and as JSON",
        log("no field can break the line or the terminal"),
        log("a JSON line has the same as an object"),
      ],
    ],
    probe: probe.forgedLine,
  },
  {
    id: "S20",
    title: "Bombs",
    threat: "A little that was compressed becomes more than the disk has.",
    happened: "croc's `FuzzZipPreflight`",
    lesson: "`fetch(url)` and `requests.get(url)` unpack by themselves",
    covered: [
      [
        "a packed body stays packed",
        fetch("fetch: nothing is unpacked, and nothing packed is asked for"),
      ],
    ],
    open:
      "There is nothing to unpack: no protocol here has compression or archives, and the client asks for none.",
    probe: probe.bomb,
  },
  {
    id: "S23",
    title: "Chat",
    threat: "One member drowns the others, passes for one of them, or fills the memory.",
    happened: "ergo's limits",
    lesson: "`for client in clients: client.send(data)`",
    covered: [
      ["flood, huge line", FLOOD],
      [
        "names that look alike: case, width, other scripts, invisible characters",
        chat("names that look alike are one name, in any case, width or script"),
        chat("a taken name, a full room and too many rooms are refused"),
      ],
      ["join and leave storm", chat("a storm of joins and leaves leaves nothing behind")],
      [
        "10,000 rooms; memory stays bounded",
        chat("of ten thousand rooms a hundred are made, and what they keep is bounded together"),
      ],
      [
        "history",
        chat("history on join is bounded in messages and in length, and goes with the room"),
      ],
      [
        "who does not read",
        chat("who reads nothing is sent away with a notice, and nobody waits for them"),
      ],
    ],
    probe: probe.chat,
  },
];
