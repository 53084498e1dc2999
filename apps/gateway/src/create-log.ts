import { type Logger, pino } from 'pino'

/** What is kept for a log that cannot be written, in bytes; lines beyond it are dropped. */
const mostKept = 1024 * 1024

/**
 * The log goes to standard error, line by line: what a crash leaves behind is there. Where that is a file on a full
 * disk, the gateway goes on, and what was kept follows once there is space and another line.
 */
export function createLog(): Logger {
  const destination = pino.destination({ dest: 2, sync: true, maxLength: mostKept })
  // Unheard, an error of the log would end the process. There is nowhere left to tell it.
  destination.on('error', () => {})
  return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination)
}
