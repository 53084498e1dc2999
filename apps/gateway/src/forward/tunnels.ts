import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/** Two connections that become one. */
export interface TunnelEnds {
  readonly upstream: string
  /** The handshake that it was opened with. */
  readonly req: IncomingMessage
  readonly caller: Duplex
  readonly far: Duplex
  /** Milliseconds without a byte in either direction after which it ends. */
  readonly idleMs: number
  /** Milliseconds since the Unix epoch: it does not outlive the caller's credential. */
  readonly until: number
}

/** How long one may go on that would not be granted any more, in milliseconds; a reload does not wait for it. */
const lookEveryMs = 30_000

/** Longest that a timer can wait, in milliseconds. */
const longestTimer = 0x7fffffff

/** The open tunnels of a process: bytes both ways, as they come, until either side ends. */
export class Tunnels {
  readonly #open = new Map<() => void, IncomingMessage>()
  readonly #onChange: (upstream: string, by: 1 | -1) => void
  #isGranted: (handshake: IncomingMessage) => Promise<boolean> = async () => true
  #isOver = false

  /** @param onChange told when one opens and when it has ended */
  constructor(onChange: (upstream: string, by: 1 | -1) => void) {
    this.#onChange = onChange
  }

  /** Connects both ends; settles when both are closed, with the number of bytes that went to the caller. */
  async run({ upstream, req, caller, far, idleMs, until }: TunnelEnds): Promise<number> {
    const end = (): void => {
      caller.destroy()
      far.destroy()
    }
    const idle = setTimeout(end, idleMs)
    const expiry = setTimeout(end, Math.min(Math.max(until - Date.now(), 0), longestTimer))
    const looking = setInterval(() => void this.#look(end, req), lookEveryMs)
    let bytes = 0
    pass(far, caller, (length) => {
      bytes += length
      idle.refresh()
    })
    pass(caller, far, () => void idle.refresh())
    this.#open.set(end, req)
    this.#onChange(upstream, 1)
    if (this.#isOver) end()
    await Promise.all([closed(caller), closed(far)])
    clearTimeout(idle)
    clearTimeout(expiry)
    clearInterval(looking)
    this.#open.delete(end)
    this.#onChange(upstream, -1)
    return bytes
  }

  /** From now on, ends every tunnel whose handshake would not be granted: those that are open at once. */
  keepWhile(isGranted: (handshake: IncomingMessage) => Promise<boolean>): void {
    this.#isGranted = isGranted
    for (const [end, handshake] of this.#open) void this.#look(end, handshake)
  }

  async #look(end: () => void, handshake: IncomingMessage): Promise<void> {
    if (!(await this.#isGranted(handshake))) end()
  }

  /** Ends every tunnel that is still open after so long, and those to come as soon as they open. */
  endAfter(ms: number): void {
    setTimeout(() => {
      this.#isOver = true
      for (const end of this.#open.keys()) end()
    }, ms).unref()
  }
}

/** Hands on what comes, as fast as it can be taken; an end is passed on, and so is a broken connection. */
function pass(from: Duplex, to: Duplex, onBytes: (length: number) => void): void {
  from.on('data', (chunk: Buffer) => {
    onBytes(chunk.length)
    if (!to.write(chunk)) from.pause()
  })
  to.on('drain', () => from.resume())
  from.on('end', () => to.end())
  from.on('error', () => to.destroy())
  from.on('close', () => to.destroy())
}

function closed(end: Duplex): Promise<void> {
  return new Promise((resolve) => {
    if (end.closed) resolve()
    else end.once('close', () => resolve())
  })
}
