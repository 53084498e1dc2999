import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** How to start a part of the demo, and how to know that it is ready. */
export interface ChildOptions<Ready> {
  /** What to call it in a message. */
  readonly name: string
  /** The script and its arguments; run by the same node. */
  readonly args: readonly string[]
  /** Laid over the environment of this process. */
  readonly env?: Readonly<Record<string, string>>
  /** Reads each line of either stream until it returns what the line said; then the child is ready. */
  readonly ready: (line: string) => Ready | undefined
  /** Told of every line of standard output. */
  readonly onLine?: (line: string) => void
  /** Told of every line of standard error. */
  readonly onErrorLine?: (line: string) => void
}

/** A running part of the demo. Disposing of it lets it finish, and kills it when it does not. */
export interface Child<Ready> extends AsyncDisposable {
  /** What the line said by which it was known to be ready. */
  readonly ready: Ready
  /** Never resolves; rejects when the child ends although nobody told it to. */
  readonly died: Promise<never>
  /** Ends it at once, as a crash would: nothing is finished, nothing is said. */
  kill(): Promise<void>
}

/** The gateway lets calls in flight finish for 10 s; a child that takes longer than this is stuck. */
const stopMs = 12_000
/** Six processes start at once, perhaps on a machine that has other things to do. */
const readyMs = 40_000

/** Starts a script. @throws {Error} with the end of what it wrote, when it ends early or is not ready in 40 s */
export async function startChild<Ready>(options: ChildOptions<Ready>): Promise<Child<Ready>> {
  const child = spawn(process.execPath, options.args, {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  const lines: string[] = []
  const { promise: ready, resolve } = Promise.withResolvers<Ready>()
  function hear(line: string): void {
    lines.push(line)
    if (lines.length > 10) lines.shift()
    const said = options.ready(line)
    if (said !== undefined) resolve(said)
  }
  listen(child.stdout, [hear, options.onLine])
  listen(child.stderr, [hear, options.onErrorLine])
  let stopping = false
  const ended = once(child, 'close').then(([code, signal]) => {
    process.off('exit', kill)
    const how = signal === null ? `with exit code ${code}` : `by ${signal}`
    if (!stopping) throw new Error(`the ${options.name} ended ${how}.${quote(lines)}`)
  })
  const died = ended.then(() => new Promise<never>(() => undefined))
  died.catch(() => undefined)
  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    stopping = true
    await endChild(child, signal)
  }
  const late = `the ${options.name} was not ready within ${readyMs / 1000} s`
  try {
    const said = await Promise.race([ready, died, after(readyMs, () => `${late}.${quote(lines)}`)])
    return { ready: said, died, kill: () => end('SIGKILL'), [Symbol.asyncDispose]: () => end('SIGTERM') }
  } catch (error) {
    await end('SIGTERM')
    throw error
  }
}

function listen(input: Readable, ears: readonly (((line: string) => void) | undefined)[]): void {
  createInterface({ input }).on('line', (line) => {
    for (const ear of ears) ear?.(line)
  })
}

async function endChild(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill(signal)
  const timer = setTimeout(() => child.kill('SIGKILL'), stopMs)
  await closed
  clearTimeout(timer)
}

function after(ms: number, message: () => string): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(message())), ms).unref()
  })
}

function quote(lines: readonly string[]): string {
  return lines.length === 0 ? '' : ` The last it said:\n${lines.map((line) => `  ${line}`).join('\n')}`
}
