/** A store that cannot be used as it is configured: said in words for the operator, who has to act. */
export class StoreError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'StoreError'
  }
}
