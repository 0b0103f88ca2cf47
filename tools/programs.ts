/**
 * The three programs and their tests: what deno has to be told to run them.
 *
 * @module
 */

/** A program of the project. */
export interface Program {
  /** Name of the binary. */
  readonly binary: string;
  /** Entry point, from the root of the project. */
  readonly main: string;
  /** Its permission set in `deno.json`: the least it can do its work with. */
  readonly permissions: string;
  /** Modules that no other one imports: what its workers run. */
  readonly workers?: readonly string[];
}

/** The programs by the name of their task. */
export const programs: Readonly<Record<"server" | "client" | "conformance", Program>> = {
  server: {
    binary: "nonstick-server",
    main: "server/main.ts",
    permissions: "server",
    workers: ["server/workers/worker.ts", "server/datagrams/unixgram_worker.ts"],
  },
  client: { binary: "nonstick", main: "client/main.ts", permissions: "client" },
  conformance: {
    binary: "nonstick-conformance",
    main: "conformance/main.ts",
    permissions: "conformance",
  },
};

/** The permission flags of a program. Quiet: deno warns at each start that named sets are new. */
export function permissionFlags(program: Program): string[] {
  return ["--quiet", "--no-prompt", `-P=${program.permissions}`];
}

/**
 * Flags of every `deno test` here: leaks of operations and resources fail a test. Types are not checked in it: each thread that
 * a test starts would check its own modules anew, some 15 s of work, while the test waits for the thread.
 */
export const testFlags: readonly string[] = [
  "--quiet",
  "--no-prompt",
  "--no-check",
  "-P=test",
  "--sanitize-ops",
  "--sanitize-resources",
];
