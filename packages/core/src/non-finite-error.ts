/** Training met NaN or infinity; nothing has moved since the last good step. */
export class NonFiniteError extends Error {
  override readonly name = 'NonFiniteError';
}
