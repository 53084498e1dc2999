/** A condition that could not be evaluated. Its rule does not match. The message holds no value of the request. */
export class ConditionError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'ConditionError'
  }
}
