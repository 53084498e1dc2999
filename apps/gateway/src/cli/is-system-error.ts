/**
 * Is this what the system says of a file or an address: that it is not there, taken, or not ours to use? That is no
 * defect, its message says which one is meant, and a stack helps nobody.
 */
export function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && 'syscall' in error
}
