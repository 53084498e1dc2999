/**
 * A reader that has had enough of the output (`| head`) is no failure: the command ends with its verdict. Output that
 * cannot be written, to a full disk say, is told in one line, and ends with 2: there is no answer.
 */
export function watchStandardOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit()
    process.stderr.write(`countersign: standard output cannot be written: ${error.message}\n`)
    process.exit(2)
  })
  // Nobody is left to be told.
  process.stderr.on('error', () => {})
}
