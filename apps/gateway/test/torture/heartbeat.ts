import type { Calendar } from './calendar.ts'

const beatMs = 100
const lateMs = 300

/** A watch over whether this process and the gateway get to run. */
export interface Heartbeat {
  /** Times at which one of them did not. */
  readonly missed: number
  stop(): void
}

/**
 * Notes in the calendar when this process or the gateway could not run for a while: others use the machine as
 * well. The upstreams are in this process, so that they are slow in truth then.
 *
 * @param admin base URL of the gateway's admin listener
 */
export function startHeartbeat(calendar: Calendar, admin: string): Heartbeat {
  let missed = 0
  let last = performance.now()
  let asking = false
  function miss(): void {
    missed += 1
    calendar.begin('machine')()
  }
  async function ask(): Promise<void> {
    if (asking) return miss()
    asking = true
    await fetch(`${admin}/livez`).then((answer) => answer.text(), miss)
    asking = false
  }
  const timer = setInterval(() => {
    const now = performance.now()
    if (now - last > beatMs + lateMs) miss()
    last = now
  }, beatMs)
  const asks = setInterval(ask, beatMs + lateMs)
  return {
    get missed() {
      return missed
    },
    stop() {
      clearInterval(timer)
      clearInterval(asks)
    },
  }
}
