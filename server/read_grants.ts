import { bootedMs } from "../cli/booted.ts";
import { UsageError } from "../cli/options.ts";
import { FileRoot } from "../protocol/files/mod.ts";
import { ExchangeError } from "../protocol/native/mod.ts";
import type { ChatBus } from "./chat/chat_bus.ts";
import type { Limits } from "./dialects/limits.ts";
import type { ExecGrant } from "./exec/run_program.ts";
import type { Grants } from "./grants.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { chatService } from "./native/chat.ts";
import { execService } from "./native/exec.ts";
import { type FilesGrant, filesService } from "./native/files.ts";
import { HARMLESS } from "./native/mod.ts";
import { terminalOperator } from "./operator.ts";
import type { ServerSettings } from "./options.ts";

/** The settings that grants are made of; they can be sent to another thread. */
export type GrantSettings = Omit<ServerSettings, "allow" | "deny" | "exempt">;

/** The settings without what cannot be sent: rules are objects with methods, and stay with the door. */
export function threadSettings(settings: ServerSettings): GrantSettings {
  const { allow: _allow, deny: _deny, exempt: _exempt, ...rest } = settings;
  return rest;
}

/** What a program has one of, in whichever thread. */
export interface Means {
  /** Where it is told. */
  readonly log: Log;
  /** Where it is counted, if anywhere. */
  readonly metrics: Metrics | null;
  /** Where everybody meets. */
  readonly chat: ChatBus;
  /** The secret of nonstick/1 listeners, if there is one. */
  readonly token: Uint8Array | undefined;
}

/**
 * What the command line allows.
 *
 * @throws {UsageError} if options do not go together.
 */
export async function readGrants(settings: GrantSettings, means: Means): Promise<Grants> {
  const { log, metrics, chat, token } = means;
  const exec = execGrantOf(settings), files = await filesGrantOf(settings);
  return {
    limits: limitsOf(settings),
    ...(token === undefined ? {} : { token }),
    services: {
      ...HARMLESS,
      ...(settings.rooms === 0 ? {} : { chat: chatService(chat) }),
      ...(exec === undefined ? {} : { exec: execService(exec) }),
      ...(files === undefined ? {} : { files: filesService(files) }),
    },
    ...(exec === undefined ? {} : { exec }),
    ...(files === undefined ? {} : { files }),
    chat,
    ...(settings.room ? {} : { operator: terminalOperator() }),
    onFault: (error, service) => log.failure(error, { service }, "service-failed"),
    ...(metrics === null ? {} : {
      onExchange: ({ service, bytesReceived, bytesSent }, outcome) =>
        metrics.exchanged(service, outcome, bytesReceived, bytesSent),
    }),
  };
}

async function filesGrantOf(settings: GrantSettings): Promise<FilesGrant | undefined> {
  const { root, "allow-write": write } = settings;
  if (root === undefined) {
    if (write) throw new UsageError("--allow-write needs --root DIR, the directory to write to.");
    return undefined;
  }
  try {
    const patience = patienceOf(settings);
    return { root: await FileRoot.open(root), write, bootedMs: bootedMs(), patience };
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    throw new UsageError(`Cannot use --root ${root}: ${error.message}.`);
  }
}

function execGrantOf(settings: GrantSettings): Grants["exec"] {
  const programs = settings["allow-exec"].flat(), shell = settings["exec-shell"];
  if (programs.length === 0) {
    if (shell) {
      throw new UsageError("--exec-shell needs --allow-exec '*': a shell can run anything.");
    }
    return undefined;
  }
  if (shell && !programs.includes("*")) {
    throw new UsageError("--exec-shell needs --allow-exec '*': a shell can run anything.");
  }
  return {
    shell,
    programs: programs.includes("*") ? "any" : new Set(programs),
    ...runLimitsOf(settings),
  };
}

/** What is granted from now on: the limits of `settings` and the token are new, everything else is as it was. */
export function renewGrants(
  { token: _, ...old }: Grants,
  settings: GrantSettings,
  token: Uint8Array | undefined,
): Grants {
  const files = old.files && { ...old.files, patience: patienceOf(settings) };
  const exec = old.exec && { ...old.exec, ...runLimitsOf(settings) };
  return {
    ...old,
    limits: limitsOf(settings),
    ...(token === undefined ? {} : { token }),
    services: {
      ...old.services,
      ...(exec === undefined ? {} : { exec: execService(exec) }),
      ...(files === undefined ? {} : { files: filesService(files) }),
    },
    ...(exec === undefined ? {} : { exec }),
    ...(files === undefined ? {} : { files }),
  };
}

function patienceOf(settings: GrantSettings): NonNullable<FilesGrant["patience"]> {
  return { minRate: settings["min-rate"], graceMs: settings["frame-timeout"] };
}

function runLimitsOf(settings: GrantSettings): Pick<ExecGrant, "maxOutput" | "deadlineMs"> {
  return { maxOutput: settings["exec-output"], deadlineMs: settings["exec-timeout"] };
}

function limitsOf(settings: GrantSettings): Limits {
  return {
    maxFrameLength: settings["max-frame"],
    ...(settings["max-frame-rate"] === undefined
      ? {}
      : { maxFrameRate: settings["max-frame-rate"] }),
    handshakeTimeoutMs: settings["handshake-timeout"],
    idleTimeoutMs: settings["idle-timeout"],
    frameTimeoutMs: settings["frame-timeout"],
    writeTimeoutMs: settings["frame-timeout"],
    minRate: settings["min-rate"],
  };
}
