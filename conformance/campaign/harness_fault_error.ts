/** Something is wrong with the harness itself; no verdict of this run can be trusted. */
export class HarnessFaultError extends Error {
  /** The class of the error. */
  override readonly name = "HarnessFaultError";
}
