import { type ChildProcess, spawn } from 'node:child_process'

/** How to start a process and how to know that it is ready. */
export interface ProcessOptions {
  /** Laid over the environment of this process; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** Ready when a line of standard output or standard error matches. Without it: ready when it runs. */
  readonly ready?: RegExp | ((line: string) => boolean)
  /** Milliseconds until it must be ready. Default 60000. */
  readonly readyWithinMs?: number
}

/** A child process of a test. Disposing of it kills it and all it started. */
export interface TestProcess extends AsyncDisposable {
  readonly pid: number
  /** The line that `ready` matched; empty without `ready`. */
  readonly readyLine: string
  /** Everything written to standard output so far. */
  stdout(): string
  /** Everything written to standard error so far. */
  stderr(): string
  /**
   * Waits for a line, those already written included. Rejects with the output so far when the process ends
   * or `withinMs` (default 60000) are over.
   */
  line(matches: RegExp | ((line: string) => boolean), withinMs?: number): Promise<string>
  /** Settles when it has ended and its output is complete: its exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>
  /** Sends `signal` (default `SIGTERM`) to the process alone and waits for its end. */
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>
  close(): Promise<void>
}

/**
 * Starts `command` without a shell and waits until it is ready.
 *
 * @throws {Error} with the collected output, when it cannot be started, ends early or is not ready in time
 */
export async function startProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<TestProcess> {
  // Its own process group, so that closing reaches what it started as well (npm starts a shell, a shell node).
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const output = collect(child)
  const exited = exitOf(child)
  const pid = await pidOf(child, command)
  const killGroup = () => kill(-pid, 'SIGKILL')
  process.once('exit', killGroup)

  async function close(): Promise<void> {
    killGroup()
    await exited
    process.off('exit', killGroup)
  }
  function line(matches: RegExp | ((line: string) => boolean), withinMs = 60_000): Promise<string> {
    const test = typeof matches === 'function' ? matches : (text: string) => text.search(matches) >= 0
    return waitForLine({ output, exited, test, withinMs, command: [command, ...args].join(' ') })
  }
  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | NodeJS.Signals> {
    kill(pid, signal)
    return await exited
  }
  try {
    const readyLine = options.ready ? await line(options.ready, options.readyWithinMs ?? 60_000) : ''
    const { stdout, stderr } = output
    return { pid, readyLine, stdout, stderr, line, exited, stop, close, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

interface Output {
  stdout(): string
  stderr(): string
  /** Calls `listener` whenever something was written; returns how to stop that. */
  onChange(listener: () => void): () => void
}

function collect(child: ChildProcess): Output {
  const listeners = new Set<() => void>()
  function gather(stream: NodeJS.ReadableStream | null): () => string {
    let text = ''
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      for (const listener of listeners) listener()
    })
    return () => text
  }
  return {
    stdout: gather(child.stdout),
    stderr: gather(child.stderr),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

interface Wait {
  readonly output: Output
  readonly exited: Promise<number | NodeJS.Signals>
  readonly test: (line: string) => boolean
  readonly withinMs: number
  readonly command: string
}

function waitForLine({ output, exited, test, withinMs, command }: Wait): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(`wrote no such line within ${withinMs} ms`), withinMs)
    const stopListening = output.onChange(look)
    function done(): void {
      clearTimeout(timer)
      stopListening()
    }
    function fail(why: string): void {
      done()
      reject(new Error(`${command}: ${why}\n--- stdout\n${output.stdout()}\n--- stderr\n${output.stderr()}`))
    }
    function look(): void {
      const found = completeLines(output.stdout(), output.stderr()).find(test)
      if (found === undefined) return
      done()
      resolve(found)
    }
    look()
    void exited.then((code) => {
      look()
      fail(`ended (${code}) before it wrote such a line`)
    })
  })
}

/** The last line of a stream counts only when it has ended: half a line may match what the whole does not. */
function completeLines(...texts: string[]): string[] {
  return texts.flatMap((text) => text.split(/\r?\n/).slice(0, -1))
}

function exitOf(child: ChildProcess): Promise<number | NodeJS.Signals> {
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 0))
  })
}

function pidOf(child: ChildProcess, command: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(new Error(`${command} cannot be started`, { cause })))
    child.once('spawn', () => resolve(child.pid ?? 0))
  })
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
