import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'

const script = createRequire(import.meta.url).resolve('@pact-foundation/pact-cli/bin/pact-broker.js')

/** The address of the broker, where one is configured. */
export function brokerUrl(): string | undefined {
  return process.env.PACT_BROKER_BASE_URL || undefined
}

/**
 * Runs the broker's own command line, which finds address and token in `PACT_BROKER_BASE_URL` and
 * `PACT_BROKER_TOKEN`. @returns its exit code
 */
export function runBrokerCli(args: readonly string[]): number {
  const { status, error } = spawnSync(process.execPath, [script, ...args], {
    stdio: 'inherit',
    env: { ...process.env, PACT_DO_NOT_TRACK: 'true' },
  })
  if (error) throw error
  return status ?? 1
}
