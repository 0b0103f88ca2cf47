/**
 * Programs that bring files to another machine, each with its own receiver on this one.
 * @module
 */
import { ourCommand } from "./our_program.ts";
import { Receiver, START_MS } from "./receiver.ts";

/** Longest time for one transfer, in ms. */
const TRANSFER_MS = 300_000;

/** Where the files of a run are. */
export interface FilePlaces {
  /** What is sent is below this directory. */
  readonly from: string;
  /** What was received is below this one. */
  readonly to: string;
  /** For keys and settings. */
  readonly scratch: string;
}

/** One program, ready to send. Disposing of it ends its receiver. */
export interface FilePeer extends AsyncDisposable {
  readonly name: string;
  /** Brings a file, or with `many` a directory, to the same name on the other side. */
  send(name: string, many: boolean): Promise<void>;
}

/** Starts those that are installed; of the others their names. */
export async function startPeers(
  places: FilePlaces,
  binaries: string | undefined,
): Promise<{ readonly peers: readonly FilePeer[]; readonly missing: readonly string[] }> {
  const peers = [await ours(places, binaries)];
  const missing: string[] = [];
  const optional = [["rsync", rsyncDaemon], ["sshd", scp], ["nc", netcat]] as const;
  for (const [program, start] of optional) {
    const path = await whereIs(program);
    if (path === null) missing.push(program);
    else peers.push(...await start(places, path));
  }
  return { peers, missing };
}

async function ours(places: FilePlaces, binaries: string | undefined): Promise<FilePeer> {
  const options = ["--listen", "tcp://127.0.0.1:0", "--root", places.to, "--allow-write"];
  const server = await ourCommand("server", binaries);
  const receiver = new Receiver([...server, ...options], "piped");
  const url = await receiver.says(/^listening (\S+)$/m);
  const client = await ourCommand("client", binaries);
  return peer(
    `nonstick (${binaries === undefined ? "deno run" : "compiled"}), SHA-256 on both ends`,
    (name) => run([...client, "--to", url, "put", `${places.from}/${name}`]),
    receiver,
  );
}

/** With the checksum that it chooses, which is fast and no cryptographic one, and with one that is comparable to ours. */
async function rsyncDaemon(places: FilePlaces, rsync: string): Promise<FilePeer[]> {
  const port = freePort(), config = `${places.scratch}/rsyncd.conf`;
  await Deno.writeTextFile(
    config,
    `use chroot = no\naddress = 127.0.0.1\nport = ${port}\npid file = ${places.scratch}/rsync.pid\n` +
      `uid = ${Deno.uid()}\ngid = ${Deno.gid()}\n[to]\npath = ${places.to}\nread only = no\n`,
  );
  const receiver = new Receiver([rsync, "--daemon", "--no-detach", `--config=${config}`]);
  await listens(port);
  const to = `rsync://127.0.0.1:${port}/to/`;
  const send = (checksum: string) => (name: string) =>
    run([rsync, "-rW", `--checksum-choice=${checksum}`, `${places.from}/${name}`, to]);
  return [
    peer("rsync -W, daemon", send("auto"), receiver),
    // The daemon is ended once.
    peer("rsync -W, daemon, SHA-1 on both ends", send("sha1")),
  ];
}

async function scp(places: FilePlaces, sshd: string): Promise<FilePeer[]> {
  const port = freePort(), { scratch } = places;
  for (const key of ["host", "user"]) {
    await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", `${scratch}/${key}`]);
  }
  await Deno.copyFile(`${scratch}/user.pub`, `${scratch}/authorized`);
  await Deno.writeTextFile(
    `${scratch}/sshd.conf`,
    `Port ${port}\nListenAddress 127.0.0.1\nHostKey ${scratch}/host\nPidFile ${scratch}/sshd.pid\n` +
      `AuthorizedKeysFile ${scratch}/authorized\nStrictModes no\nUsePAM no\n` +
      "PasswordAuthentication no\nPermitRootLogin prohibit-password\nSubsystem sftp internal-sftp\n",
  );
  // A directory that systems make when they start the service, and that sshd asks for.
  if (Deno.uid() === 0) await Deno.mkdir("/run/sshd", { recursive: true });
  const receiver = new Receiver([sshd, "-D", "-f", `${scratch}/sshd.conf`]);
  await listens(port);
  const user = (await output(["id", "-un"])).trim();
  const options = [
    `Port=${port}`,
    `IdentityFile=${scratch}/user`,
    "IdentitiesOnly=yes",
    "StrictHostKeyChecking=no",
    `UserKnownHostsFile=${scratch}/known`,
    "LogLevel=ERROR",
    "Ciphers=aes128-gcm@openssh.com",
  ].flatMap((option) => ["-o", option]);
  const send = (name: string, many: boolean) =>
    run([
      ...["scp", "-q", ...many ? ["-r"] : [], ...options],
      ...[`${places.from}/${name}`, `${user}@127.0.0.1:${places.to}/`],
    ]);
  return [peer("scp, aes128-gcm", send, receiver)];
}

/** Bytes with nothing around them; several files need tar. */
function netcat(places: FilePlaces, nc: string): Promise<FilePeer[]> {
  const shell = (script: string) => ["sh", "-c", script];
  const send = async (name: string, many: boolean) => {
    const port = freePort();
    const [from, to] = many
      ? [`tar c -C '${places.from}' '${name}' |`, `| tar x -C '${places.to}'`]
      : [`exec <'${places.from}/${name}';`, `>'${places.to}/${name}'`];
    const receiving = run(shell(`'${nc}' -l 127.0.0.1 ${port} ${to}`));
    // A look by a connection would be taken for the sender.
    while (!(await Deno.readTextFile("/proc/net/tcp")).includes(listening(port))) await pause(1);
    await run(shell(`${from} '${nc}' -N 127.0.0.1 ${port}`));
    await receiving;
  };
  return Promise.resolve([peer("nc, no check (tar for many)", send)]);
}

/** How a listener looks in /proc/net/tcp. */
function listening(port: number): string {
  return `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")} 00000000:0000 0A`;
}

function peer(name: string, send: FilePeer["send"], receiver?: Receiver): FilePeer {
  return { name, send, [Symbol.asyncDispose]: async () => await receiver?.[Symbol.asyncDispose]() };
}

async function run([program = "", ...args]: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, {
    args,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    signal: AbortSignal.timeout(TRANSFER_MS),
  }).output();
  if (!success) throw new Error(`${program} failed: ${new TextDecoder().decode(stderr)}`);
}

async function output([program = "", ...args]: readonly string[]): Promise<string> {
  return new TextDecoder().decode((await new Deno.Command(program, { args }).output()).stdout);
}

/** The path of a program, also of those that only administrators have on theirs. */
async function whereIs(program: string): Promise<string | null> {
  const path = `${Deno.env.get("PATH")}:/usr/sbin`;
  for (const directory of path.split(":")) {
    const found = await Deno.stat(`${directory}/${program}`).catch(() => null);
    if (found?.isFile) return `${directory}/${program}`;
  }
  return null;
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Waits until somebody listens. */
async function listens(port: number): Promise<void> {
  const deadline = AbortSignal.timeout(START_MS);
  for (;;) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      deadline.throwIfAborted();
      await pause(20);
    }
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
