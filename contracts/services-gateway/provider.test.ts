import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { countersign } from '../support/countersign.ts'
import { pacts } from '../support/places.ts'
import { verifyProvider } from '../support/verify-provider.ts'
import { type Platform, platformExample, startPlatform } from './platform.ts'
import { platformStates } from './state-handlers.ts'
import type { PlatformState } from './states.ts'

function verify(platform: Platform): Promise<void> {
  return verifyProvider<PlatformState>({
    provider: 'countersign-gateway',
    // Wherever its contract was written: a service that the policy names and that has none fails.
    consumers: [...platform.policy.services.keys()],
    url: platform.gateway.url,
    states: platformStates(platform),
  })
}

test('a gateway with the policy of the example lets every service call what it needs, and no more', async () => {
  await using platform = await startPlatform()
  await verify(platform)
})

const libraries = ['--ignore', 'countersign-client', '--ignore', 'oauth-client']
const needs = ['--pacts', pacts, ...libraries]
const example = [...needs, '--policy', platformExample]

test('and so does one with the policy that `contracts suggest` makes of the contracts: it grants nothing more', async () => {
  const { stdout, ...suggested } = countersign('contracts', 'suggest', ...example)
  expect(suggested).toEqual({ status: 0, stderr: '' })
  const folder = mkdtempSync(join(tmpdir(), 'contract-policy-'))
  const policy = join(folder, 'smallest.yaml')
  writeFileSync(policy, stdout)
  const checked = countersign('contracts', 'check', '--least-privilege', ...needs, '--policy', policy)
  expect(checked).toMatchObject({ status: 0 })
  rmSync(folder, { recursive: true })

  await using platform = await startPlatform([stdout.slice(stdout.search(/^services:/m))])
  await verify(platform)
})

test('the policy of the example grants what the contracts need, and what it grants beyond is known', () => {
  const { status, stdout } = countersign('contracts', 'check', '--least-privilege', '--json', ...example)
  const found = JSON.parse(stdout)
  expect(found.needs.filter(({ outcome }: { outcome: string }) => outcome !== 'met')).toEqual([])
  const grants = found.unused.map(({ service, name }: Record<string, string>) => `${service}: ${name}`)
  // In working hours only: a contract would hold by day and be broken by night.
  expect(grants).toEqual(['partner-portal: connections.set-status', 'directory-sync: mode: shadow'])
  expect(status).toBe(1)
})
