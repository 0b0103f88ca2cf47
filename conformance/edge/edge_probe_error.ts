/**
 * The kernel could not be asked, or its answer could not be used. The message says what was tried,
 * why it failed and, where it helps, what to do.
 */
export class EdgeProbeError extends Error {
  /** The name of the class. */
  override readonly name = "EdgeProbeError";
  /** The error number of the system call or of the kernel's answer, as in errno(3). */
  readonly errno: number | undefined;

  /** Makes the error, with the error number if there is one. */
  constructor(message: string, errno?: number) {
    super(message);
    this.errno = errno;
  }
}
