/** Why a document cannot be imported at all. The message is for whoever gave it. */
export class DocumentError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'DocumentError'
  }
}
