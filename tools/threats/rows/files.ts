/**
 * S1 to S7: files.
 * @module
 */
import * as probe from "../probes/files.ts";
import { cve, inFile, issue, type Threat } from "../threat.ts";

const name = inFile("protocol/files/name_test.ts");
const root = inFile("protocol/files/root_test.ts");
const partial = inFile("protocol/files/partial_file_test.ts");
const service = inFile("server/native/files_test.ts");
const own = inFile("protocol/files/own_file_test.ts");
const stale = inFile("protocol/files/stale_parts_test.ts");
const transfer = inFile("protocol/files/transfer_test.ts");
const peer = inFile("protocol/files/misbehaving_peer_test.ts");
const client = inFile("client/files_test.ts");
const kill = inFile("client/files_kill_test.ts");
const fetch = inFile("client/fetch_test.ts");
const hostile = inFile("client/hostile_server_test.ts");
const program = inFile("client/program_test.ts");

const REFUSED = name("whatever leads out of the root, or is no name somewhere, is refused");

/** What threatens files. */
export const FILES: readonly Threat[] = [
  {
    id: "S1",
    title: "Names that lead out of the root",
    threat: "A name in put, get or ls reaches a file that nobody meant to share.",
    happened: `${cve("2026-42448", "magic-wormhole")}, ${
      issue("svenstaro/miniserve", 518)
    }, tftp, scp`,
    lesson: "`os.path.join(root, header['filename'])`",
    covered: [
      ["`..`, absolute, `./`, empty parts", REFUSED],
      ["`C:\\`, `C:a`, UNC, `\\`", REFUSED],
      ["NUL and other controls, invisible and reordering characters", REFUSED],
      ["trailing dot and space, `CON` and its like, `a:b`", REFUSED],
      [
        "`%2e%2e` is a name like any other, never decoded",
        service("%2e%2e is a name like any other, and stays where it is"),
        name("ordinary names are taken, in every script"),
      ],
      [
        "an accepted name resolves inside the root, and to normalise it changes nothing (property)",
        name("an accepted name stays below its root, and is normal already (seed ${SEED})"),
      ],
      [
        "put, get and ls, over the wire",
        service(
          "names that lead elsewhere, or mean something else elsewhere, are refused by put, get and ls",
        ),
        service("names that nobody could ask for are not listed, and links neither"),
        client("without --allow-write files are read-only, and what is not there is said"),
      ],
    ],
    probe: probe.traversal,
  },
  {
    id: "S2",
    title: "Links that lead out of the root",
    threat:
      "A symbolic link below the root, or one put there at the right moment, leads elsewhere.",
    happened: `${cve("2026-43619", "rsync")} and twelve more of 2026, ${
      issue("sigoden/dufs", 670)
    }, miniserve 0.19.5 and 0.20, Deno's own \`--allow-read=DIR\` (documented: links are followed)`,
    lesson: "`open(path)` follows links, and so does `--allow-read=DIR`",
    covered: [
      [
        "the last part of a name, a directory on the way, ls",
        client("links below the root lead nowhere"),
        transfer("links are not followed: in the way, at the end, and in place of partial files"),
      ],
      [
        "the root itself is a link",
        root("a root that is a link is what the link leads to, from its opening on"),
      ],
      [
        "the partial file is a link, or has a second name",
        transfer("links are not followed: in the way, at the end, and in place of partial files"),
        own("what has a second name, or is a link, is left to whom it belongs"),
      ],
      [
        "directories are made behind no link",
        root("directories are made as far as they are missing, and never behind a link"),
      ],
      [
        "a link is swapped in during an upload: for the directory, the file, the partial file",
        partial("a directory that becomes a link during an upload leads the file nowhere"),
        partial("a target that becomes a link during an upload is not written through"),
        partial("a partial file that is swapped for a link during an upload is not the file"),
      ],
      [
        "a pipe in the root, which would wait for ever",
        service("what is no file is not opened: a pipe would wait for ever for somebody to write"),
      ],
      [
        "a link is swapped in while a file is opened",
        root("a file that is swapped for a link while it is opened is not handed out"),
      ],
    ],
    open:
      "Deno has no `openat`, so between the last look at the directories and the rename into place there is a moment. Whoever can use it already writes into the root as another user of that machine; give the server a root that only it can write to.",
    probe: probe.symlink,
  },
  {
    id: "S3",
    title: "A client that believes the server's names",
    threat: "A hostile server gives the file another name, or more files than were asked for.",
    happened: `${cve("2019-6111", "scp")}, ${issue("schollz/croc", 593)}, ${
      cve("2026-0964", "libssh scp")
    }`,
    lesson: "`open(os.path.join(download_dir, header_dic['filename']), 'wb')`",
    covered: [
      [
        "another name",
        hostile("a file that comes under another name than was asked for is not kept"),
      ],
      [
        "`../x` and its like in a list",
        hostile("names in a list lead nowhere but below where they were asked for"),
      ],
      [
        "more files than asked",
        hostile("more files than were asked for are passed over"),
        hostile("a list without end fills no memory"),
      ],
    ],
    probe: probe.serversName,
  },
  {
    id: "S4",
    title: "Overwriting",
    threat: "A file that is there is lost to one of the same name.",
    happened: "[croc GHSA-8c8w](https://github.com/schollz/croc/security/advisories)",
    lesson: "`open(path, 'wb')` empties what is there",
    covered: [
      [
        "refused by default; `--overwrite` and `--rename` say otherwise; both sides",
        client("nothing is overwritten unless asked, on either side"),
        transfer("what is there is refused, overwritten or kept beside, as asked; nothing is lost"),
      ],
      [
        "a file that appears during the upload: the last step is atomic",
        transfer("a file that comes while another is sent is not overwritten"),
      ],
      [
        "two uploads of one name",
        transfer("two senders of one name do not mix: the second one is told to wait"),
        own("a file of ours is made once and gone on with; while another has it, it is nobody's"),
      ],
    ],
    probe: probe.overwrite,
  },
  {
    id: "S5",
    title: "Half a file",
    threat: "After a crash, or on a full disk, half a file stands under the name of the whole one.",
    happened: `${issue("sigoden/dufs", 257)}, ${issue("magic-wormhole/magic-wormhole", 722)}`,
    lesson: "the bytes go straight into the file of that name",
    covered: [
      [
        "kill -9 of either side at random points: the old file or the whole new one, then it goes on",
        kill(
          "kill -9 of either side at any time leaves the old file or the new one, and it goes on (seed ${SEED})",
        ),
      ],
      [
        "a full disk (writes that fail as the system's do)",
        service(
          "on a full disk nothing of the name is there, the client is told, and later it goes on",
        ),
      ],
      [
        "partial files are swept",
        stale("what nobody went on with for a week is removed, once an hour, and nothing else"),
      ],
    ],
    open:
      "A loss of power: file and directory are synced before and after the rename, but no test pulls the plug.",
    probe: probe.halfAFile,
  },
  {
    id: "S6",
    title: "Wrong bytes",
    threat:
      "Bytes are flipped, missing, too many, or change while they are sent, and nobody notices.",
    happened: "OpenSSH's `integrity.sh`, dufs",
    lesson: "whatever came is the file",
    covered: [
      [
        "a flipped, missing or doubled byte at the edges of blocks",
        transfer("damaged, missing and surplus bytes are never committed"),
      ],
      [
        "every block is right and the whole is not",
        peer("blocks that are right, and a whole that is not: what was kept is worth nothing"),
      ],
      [
        "a file that grows or changes while it is sent",
        transfer("a file that grows or changes while it is sent is not committed"),
      ],
      [
        "a peer that does not keep to the course",
        peer("a sender that does not keep to the course commits nothing, and is told why"),
      ],
      [
        "exit code 5 says so",
        hostile("wrong bytes of a server are exit code 5, and nothing is kept"),
        program("exit code 5: the answer is not what the command must get"),
        fetch("fetch: bodies that are too short are never kept, exit code 5"),
      ],
    ],
    probe: probe.shortBody,
  },
  {
    id: "S7",
    title: "Going on with something else",
    threat: "A broken transfer is resumed onto bytes of another file.",
    happened: `OpenSSH's \`sftp-resume.sh\`, ${issue("schollz/croc", 946)}`,
    lesson: "`seek(os.path.getsize(path))`: the size is all that is compared",
    covered: [
      [
        "sizes 0, 1, n-1, n, n+1, with the same and another prefix, both ways",
        transfer("resume: every size of what is there, the same or different (seed ${SEED})"),
      ],
      [
        "another version of the file",
        transfer(
          "what was kept of another version is not taken for this one, however often it breaks off",
        ),
      ],
      [
        "a disk that lost what was not yet synced",
        transfer("after a restart of the system what was kept is looked at, not believed"),
      ],
    ],
    probe: probe.resume,
  },
];
