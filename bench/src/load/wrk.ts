import { execFile } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { onCore } from '../machine/cores.ts'
import { fieldsOf, type LoadResult, type Traffic, type TrafficRequest } from './traffic.ts'

const run = promisify(execFile)
const script = fileURLToPath(new URL('./wrk.lua', import.meta.url))

/** As many requests as the connections of this traffic can make, by wrk. */
export async function loadWithWrk(
  wrk: string,
  port: number,
  traffic: Traffic,
  seconds: number,
): Promise<LoadResult> {
  const file = join(tmpdir(), `countersign-bench-${process.pid}-${port}`)
  await writeFile(file, traffic.requests.map(record).join(''))
  try {
    const args = ['-t1', `-c${traffic.connections}`, `-d${seconds}s`, '--timeout', '60s', '-s', script]
    const command = onCore('load', wrk, [
      ...args,
      `http://127.0.0.1:${port}`,
      '--',
      file,
      String(traffic.next),
    ])
    const { stdout } = await run(...command, { timeout: (seconds + 60) * 1000 })
    return JSON.parse(stdout.slice(stdout.lastIndexOf('{')))
  } finally {
    await rm(file, { force: true })
  }
}

/** The length of the body, a line break, the header section, NUL: what wrk.lua reads. */
function record(request: TrafficRequest): string {
  const { method, path, bodyBytes } = request
  const fields = Object.entries({ host: '127.0.0.1', ...fieldsOf(request) })
  if (bodyBytes > 0) fields.push(['content-type', 'application/json'], ['content-length', String(bodyBytes)])
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return `${bodyBytes}\n${method} ${path} HTTP/1.1\r\n${lines}\r\n\0`
}
