import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'
import type { Logger } from 'pino'

const intervalMs = 1_000

/**
 * Tells when the process can open no more files, which sockets are as well, and when it can again. Nothing else would:
 * connections that come meanwhile are accepted and closed without any server hearing of them.
 */
export function watchDescriptors(log: Logger): void {
  let isOut = false
  function look(): void {
    const error = shortage()
    if ((error !== undefined) === isOut) return
    isOut = error !== undefined
    if (isOut) {
      log.error(
        { error: String(error) },
        'no file descriptors are left: new connections are closed unheard. Raise the limit (ulimit -n), or close what is open',
      )
    } else log.warn('file descriptors are left again')
  }
  setInterval(look, intervalMs).unref()
}

function shortage(): unknown {
  try {
    closeSync(openSync(devNull, 'r'))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EMFILE' || code === 'ENFILE') return error
  }
  return undefined
}
