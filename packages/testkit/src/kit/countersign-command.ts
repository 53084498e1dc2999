import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, resolve } from 'node:path'

/** The script behind `countersign`, of the gateway that is installed beside the kit. */
export function countersignScript(): string {
  const manifest = createRequire(import.meta.url).resolve('@countersign/gateway/package.json')
  const { bin }: { bin: { countersign: string } } = JSON.parse(readFileSync(manifest, 'utf8'))
  return resolve(dirname(manifest), bin.countersign)
}

/** Runs a command that ends by itself. Its exit code is a finding, so it rejects for nothing but a failed start. */
export function runCountersign(args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  // What a person reads in a test's failure has no colours, whatever the terminal of the test run can do.
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined }
  return new Promise((done, reject) => {
    execFile(process.execPath, [countersignScript(), ...args], { env }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(error)
      else done({ stdout, stderr })
    })
  })
}
