import { once } from 'node:events'
import { connect } from 'node:net'
import { Worker } from 'node:worker_threads'

/** A port at which somebody listens and never takes a connection. */
export interface DeafListener {
  /** Nobody listens any more. */
  close(): Promise<void>
}

/** The system takes one connection more than this for a listener that takes none itself. */
const backlog = 1

/** Listens, says so, and then does nothing: whatever comes waits in the system's queue. */
const deaf = `
  const { parentPort, workerData: { port, backlog } } = require('node:worker_threads')
  require('node:net').createServer().listen({ host: '127.0.0.1', port, backlog }, () => {
    parentPort.postMessage('listening')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  })`

/**
 * Listens at a free port of the loopback interface with a queue that is full: to whoever connects from now on the
 * system says nothing at all, as a network does in which packets get lost.
 */
export async function startDeafListener(port: number): Promise<DeafListener> {
  const worker = new Worker(deaf, { eval: true, workerData: { port, backlog } })
  await once(worker, 'message')
  const fillers = Array.from({ length: 8 }, () => connect({ host: '127.0.0.1', port }))
  let queued = 0
  await new Promise<void>((resolve) => {
    for (const filler of fillers) {
      filler.on('error', () => {})
      filler.once('connect', () => {
        queued += 1
        if (queued > backlog) resolve()
      })
    }
  })
  return {
    async close() {
      for (const filler of fillers) filler.destroy()
      await worker.terminate()
    },
  }
}
