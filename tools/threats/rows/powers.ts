/**
 * S12 to S15, S19, S22, S24: who may do what.
 * @module
 */
import * as access from "../probes/access.ts";
import * as exec from "../probes/exec.ts";
import { cve, inFile, issue, type Threat } from "../threat.ts";

const run = inFile("server/exec/run_program_test.ts");
const remote = inFile("client/exec_test.ts");
const ending = inFile("server/end_in_transfer_test.ts");
const announce = inFile("server/announce_test.ts");
const environment = inFile("cli/environment_test.ts");
const exposure = inFile("server/exposure_test.ts");
const files = inFile("client/files_test.ts");
const power = inFile("server/least_power_test.ts");
const token = inFile("cli/token_test.ts");
const guessing = inFile("server/guessing_test.ts");
const sources = inFile("cli/sources_test.ts");
const handshake = inFile("protocol/native/handshake_test.ts");
const door = inFile("server/doorkeeper_test.ts");
const address = inFile("cli/address_test.ts");
const unix = inFile("protocol/transport/unix_socket_test.ts");
const known = inFile("client/trust/known_hosts_test.ts");
const trust = inFile("client/trust/tls_trust_test.ts");
const tls = inFile("protocol/transport/tls_trust_test.ts");
const program = inFile("client/program_test.ts");
const datagram = inFile("protocol/transport/datagram_test.ts");
const running = inFile("server/program_test.ts");
const activation = inFile("server/systemd/activation_test.ts");

/** What threatens whoever gives others a power. */
export const POWERS: readonly Threat[] = [
  {
    id: "S12",
    title: "Commands in arguments",
    threat: "Punctuation in an argument runs another program.",
    happened: `${cve("2020-15778", "scp")}, rsync 53790 (2026), ${cve("2024-24576", "BatBadBut")}`,
    lesson: "`subprocess.Popen(cmd, shell=True)`",
    covered: [
      [
        "`;` `|` `&` `$()` backquotes, blanks, `*`, a leading `-`, a line end: they arrive as they are",
        run("arguments arrive as they are: no shell ever sees them"),
      ],
      [
        "`.bat` and `.cmd`, another name for an allowed program",
        run("only what is allowed is run, by its very name"),
      ],
      ["the environment is cleared", run("the environment has nothing of the server's")],
    ],
    open:
      "`--exec-shell` is a shell, for raw dialects, and says so loudly. A program that is allowed may itself run others (`env`, `find -exec`, `git`): name only programs whose arguments you would give away.",
    probe: exec.injection,
  },
  {
    id: "S13",
    title: "Programs that run away",
    threat: "A program writes without end, forks, ignores signals, or outlives its client.",
    happened: "ncat #962",
    lesson: "`obj.stdout.read()` keeps it all, and waits",
    covered: [
      [
        "output without end",
        run("too much output ends the program; what is allowed was handed on"),
      ],
      [
        "children, SIGTERM ignored, deadline, cancel: the whole group is killed",
        run("deadline, cancel and a receiver that fails end the whole group"),
        run("children left in the background end with the program"),
      ],
      [
        "standard input that is not read, or has no end",
        run("input is streamed, and one that is not read disturbs nobody"),
        run("input without end waits for a program that reads nothing of it"),
      ],
      [
        "the client is interrupted or killed",
        remote("exec: when the client is interrupted or killed, nothing is left on the server"),
      ],
      [
        "the server is told to end, and told again",
        ending("a second signal leaves no program behind, --workers ${workers}"),
      ],
      [
        "exit code and signal are true",
        run("both outputs come apart, with the exit code"),
        run("a program that a signal ends says which"),
      ],
    ],
    open:
      "A program that makes a session of its own (`setsid`) leaves its group, and a fork bomb is as fast as we are: that is for the system to limit, as the systemd unit does. In a raw dialect a client that has gone looks like one that has ended its side, so there a program runs until `--exec-timeout` (that is what the probe sees).",
    probe: exec.runaway,
  },
  {
    id: "S14",
    title: "Open to everybody",
    threat:
      "Commands and uploads are offered on all interfaces, and nobody has to say who they are.",
    happened: "ttyd three times, rclone 2026",
    lesson: "`server.bind(('0.0.0.0', 8080))`",
    covered: [
      [
        "the server refuses to start, and says what to do",
        exposure("a server that would be exposed says what to do instead, and that works"),
      ],
      [
        "which powers need token and TLS",
        exposure("others get a power only with token and TLS"),
        exposure("what only this machine reaches may do anything"),
      ],
      [
        "what is open to whom is told at the start; `--insecure` is loud",
        announce("what is open to whom is one line: who, with what, what, and how far"),
        exposure("--insecure opens it all the same, loudly"),
      ],
      [
        "each power is granted by name",
        remote("exec does not exist unless it was granted"),
        files("without --allow-write files are read-only, and what is not there is said"),
      ],
      [
        "and taken from the process when it is not needed",
        power("a server that only talks can neither connect, read, write nor run"),
        power("each service keeps what it needs, and nothing else"),
      ],
    ],
    probe: access.openToAll,
  },
  {
    id: "S15",
    title: "Passwords",
    threat: "A password is guessed, measured, or simply read in `ps`, a log or an error.",
    happened: `${issue("schollz/croc", 598)}, ${issue("tsl0922/ttyd", 1073)}`,
    lesson: "`if password == sys.argv[1]`",
    covered: [
      [
        "compared in constant time; it never crosses the wire",
        handshake("proofs: sides and nonces matter (what they are is in vectors_test.ts)"),
        handshake("both sides prove that they know the token, which never crosses the wire"),
      ],
      [
        "guesses cost time",
        door("who misbehaves waits, longer each time, and is forgotten in the end"),
        guessing(
          "a few wrong tokens, and even the right one has to wait; no token is told to anybody",
        ),
      ],
      [
        "only by file, environment or prompt",
        sources(
          "secrets are named by their file, never written in an option, a variable or a config file",
        ),
        token("the token comes from the terminal, a file or the environment"),
        environment("a secret under the wrong name is told, and not shown"),
      ],
      [
        "in no command line, log or error",
        token("nothing secret is in the command line, the log or an error"),
      ],
      [
        "a file that others can read is told",
        trust("a key or a token that others can read is told"),
      ],
    ],
    open:
      "How long the comparison takes is not measured: it is `node:crypto`'s `timingSafeEqual`, of two HMACs. Sources on this machine get no penalties.",
    probe: access.secretShown,
  },
  {
    id: "S19",
    title: "Lists of who may come",
    threat:
      "An address slips past a list: mapped, at the edge of a network, or because a rule means nothing.",
    happened: `${
      cve("2026-43617", "rsync")
    }, rsync 70452 and 70463 (2026), Deno shows IPv4 peers as \`::ffff:a.b.c.d\``,
    lesson: "`if addr[0].startswith('192.168.1')`",
    covered: [
      [
        "v4-mapped; deny wins",
        door("deny wins over allow, and mapped addresses are what they map"),
      ],
      [
        "a bad rule stops the start",
        door("a bad rule is none at all"),
        door("--deny and --allow hold at the door of the program, and a bad rule stops it"),
        environment("a list without values is refused: without networks everybody would be let in"),
      ],
      [
        "edges of networks",
        address("a network begins and ends where its mask says, mapped or not (seed ${SEED})"),
        address("the network of an address and a mask"),
      ],
    ],
    open: "Rules are addresses and networks only, so no DNS can fail or lie.",
    probe: access.allowList,
  },
  {
    id: "S22",
    title: "Unix sockets",
    threat:
      "The server unlinks a file that is none of its own, or its socket is open to all users.",
    happened: "ttyd `-U`, Deno makes sockets by the umask",
    lesson: "`os.unlink(server_address)`, so that bind works the second time",
    covered: [
      [
        "a stale socket is replaced",
        unix("a socket file that nobody listens on is replaced"),
        datagram(
          "unixgram: a socket file is replaced when dead, kept when alive, gone when closed",
        ),
      ],
      [
        "a live socket and what is no socket are left alone",
        unix("a socket in use and a file that is no socket are left alone"),
      ],
      [
        "a link, a socket of another kind or of another user",
        unix("neither a link, nor a socket of another kind or of another user is removed"),
      ],
      [
        "mode 0600 unless told otherwise",
        unix("a Unix socket is for this user only, and is gone after close()"),
        running("a Unix socket is served, and gone afterwards"),
      ],
      [
        "one that systemd has made is not ours to remove",
        activation("a Unix socket that was passed is served"),
      ],
    ],
    probe: access.socketFile,
  },
  {
    id: "S24",
    title: "Downgrade",
    threat: "A client speaks to whoever answers, or in the clear, because nobody checks.",
    happened: "rsync 70454 (2026)",
    lesson: "`ssl.CERT_NONE`, because the certificate is self-signed",
    covered: [
      [
        "a changed certificate is a hard stop with both fingerprints",
        known("a changed certificate is a hard stop that shows both, even with --accept-new"),
        trust("a server is trusted by its pin, or remembered, and a changed one is a hard stop"),
      ],
      [
        "an unknown server is asked about, or refused",
        known("where nobody can be asked a new server is refused with the command that accepts it"),
        tls("trust is asked about what nobody vouches for, and only then"),
      ],
      [
        "a server that speaks no TLS",
        tls("trust is not asked when the server is no TLS server or silent"),
      ],
      [
        "a server that does not know the token",
        handshake("a server that does not know the token is found out"),
        handshake("without the token, or with another one, nobody is served"),
      ],
      [
        "with a certificate of its own",
        program("nonstick reaches a server over TLS if it trusts its certificate"),
      ],
    ],
    open:
      "There is no STARTTLS: a listener is TLS from its first byte or not at all, so nothing can be cut out.",
    probe: access.impostor,
  },
];
