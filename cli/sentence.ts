/** `message` with a full stop behind it, unless it ends otherwise: so does a command that is there to be copied. */
export function sentence(message: string): string {
  return /[.?!']$/.test(message) ? message : `${message}.`;
}
