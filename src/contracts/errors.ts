/** The caller's mistake: says what was expected, what was found, where, and what to do. Never retried; exit code 2. */
export class InvalidInputError extends Error {
  override readonly name = 'InvalidInputError';
}

/** A failure outside of us (disk, network, a service), wrapped once by an adapter with its cause; exit code 3. */
export class OutsideError extends Error {
  override readonly name = 'OutsideError';
}
