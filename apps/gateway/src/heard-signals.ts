/**
 * Signals of a process that serves, heard from when this is loaded: during a start they would end it in the middle.
 * One module and no object, since the process has each of them once.
 */
let onHangup = (): void => {}

// Whoever rotates logs or writes configuration says so this way.
process.on('SIGHUP', () => onHangup())

/** The first signal that asks for the end. Heard on: a supervisor and npm may both pass one on. */
export const ending: Promise<NodeJS.Signals> = new Promise((resolve) => {
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, resolve)
})

/** Who is told of a SIGHUP from now on; until then there is nothing to be read anew. */
export function hearHangup(listener: () => void): void {
  onHangup = listener
}
