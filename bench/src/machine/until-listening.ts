import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

const withinMs = 15_000
const everyMs = 20

/** Waits until something listens on this port of the loopback interface. @throws {Error} after 15 s */
export async function untilListening(port: number): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await isListening(port))) {
    if (performance.now() > deadline) throw new Error(`nothing listens on port ${port}`)
    await delay(everyMs)
  }
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
