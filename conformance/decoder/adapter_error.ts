/**
 * Why nothing more comes of an adapter: it `ended`, what it wrote is no answer (`garbage`), or it did not answer in
 * time (`silent`).
 */
export type AdapterFault = "ended" | "garbage" | "silent";

/** An adapter does not keep its contract. What comes of it is a verdict, never a fault of the harness. */
export class AdapterError extends Error {
  /** The class of the error. */
  override readonly name = "AdapterError";
  /** What kind of fault it is. */
  readonly fault: AdapterFault;

  /** Makes an error from its kind and a sentence. */
  constructor(fault: AdapterFault, message: string) {
    super(message);
    this.fault = fault;
  }
}
