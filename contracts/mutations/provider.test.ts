import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { presets } from '@countersign/auth-core'
import { loadConfig } from '@countersign/gateway/src/config/load.ts'
import { isUnmet, judgeNeeds } from '@countersign/gateway/src/contracts/judge-needs.ts'
import { readNeeds } from '@countersign/gateway/src/contracts/read-needs.ts'
import { findUnusedGrants } from '@countersign/gateway/src/contracts/unused-grants.ts'
import { startFaable } from '@countersign/sandbox'
import { afterAll, describe, expect, test } from 'vitest'
import { asProvider } from '../client-gateway/state-handlers.ts'
import { startSurroundings } from '../client-gateway/surroundings.ts'
import { sandboxStates as apiStates } from '../gateway-faable-api/sandbox-states.ts'
import {
  sandboxOptions as tokenOptions,
  sandboxStates as tokenStates,
} from '../gateway-faable-token/sandbox-states.ts'
import { platformExample } from '../services-gateway/platform.ts'
import { type Mutation, startMutatingProxy } from '../support/mutating-proxy.ts'
import { pacts } from '../support/places.ts'
import { type ProviderOptions, verifyProvider } from '../support/verify-provider.ts'
import { policyMutations } from './policy-mutations.ts'
import { apiMutations, gatewayMutations, tokenMutations } from './provider-mutations.ts'

const caught = new Set<object>()
const all = [apiMutations, tokenMutations, gatewayMutations, policyMutations].flat()
afterAll(() => {
  expect(caught).toEqual(new Set(all))
  expect(all.length).toBeGreaterThanOrEqual(10)
})

/**
 * A provider with all its mutations at once, each in an interaction of its own: as many interactions have to fail as
 * there are mutations, each by the line that names it. Without them it keeps the contract, as its own test shows.
 */
async function catchAll<State extends string>(
  mutations: readonly Mutation<State>[],
  { states, url, ...options }: ProviderOptions<State>,
): Promise<void> {
  await using proxy = await startMutatingProxy(url, mutations)
  const [verdict] = await Promise.allSettled([
    verifyProvider({ ...options, url: proxy.url, states: proxy.watch(states) }),
  ])
  const lines = String(verdict.status === 'rejected' ? verdict.reason.message : '').split('\n')
  for (const mutation of mutations) {
    expect(lines, mutation.what).toContainEqual(expect.stringContaining(mutation.line))
    caught.add(mutation)
  }
  const failed = new Set(lines.map((line) => line.replace(/: \w+Mismatch.*/, '')))
  expect([...failed]).toHaveLength(mutations.length)
}

describe('one thing broken is one line, which says where and what', () => {
  test("of the sandbox's management API", async () => {
    await using faable = await startFaable({ tokenRequestLimit: null })
    await catchAll(apiMutations, { provider: 'faable-api', url: faable.url, states: apiStates(faable) })
  })

  test("of the sandbox's token endpoint", async () => {
    await using faable = await startFaable(tokenOptions)
    await catchAll(tokenMutations, { provider: 'faable-token', url: faable.url, states: tokenStates(faable) })
  })

  test("of the gateway's own answers", async () => {
    await using around = await startSurroundings()
    await catchAll(gatewayMutations, asProvider(around))
  })
})

describe('one thing of the policy changed is one finding of `contracts check`', () => {
  const { needs } = readNeeds(pacts, {
    providers: new Set(['countersign-gateway']),
    ignored: new Set(['countersign-client', 'oauth-client']),
  })

  /** What a check of the example finds: needs that are not met; where all are, grants that none needs. */
  function findings(change?: (typeof policyMutations)[number]): readonly string[] {
    const folder = mkdtempSync(join(tmpdir(), 'contract-policy-'))
    cpSync(platformExample, folder, { recursive: true })
    if (change) replace(join(folder, 'services', change.file), change)
    const config = loadConfig(folder, { env: {}, presets, policyOnly: true })
    rmSync(folder, { recursive: true })
    const now = Date.parse('2026-01-05T12:00:00Z')
    const judged = judgeNeeds(needs, config, { serviceOf: new Map(), now })
    const unmet = judged.filter(isUnmet)
    if (unmet.length === 0) {
      return findUnusedGrants(config, judged).map(
        ({ service, upstream, name }) => `${service} may call ${upstream} ${name}, which no contract needs`,
      )
    }
    const withoutPlaces = (why: string) => why.replaceAll(/ \(.*?\)/g, '')
    return unmet.map(({ service, need, why }) => `${service}, ${need.description}: ${withoutPlaces(why)}`)
  }

  const known = findings()
  test.each(policyMutations)('$what', (mutation) => {
    const added = findings(mutation).filter((finding) => !known.includes(finding))
    expect(added).toEqual([mutation.finding])
    caught.add(mutation)
  })

  function replace(file: string, { from, to }: (typeof policyMutations)[number]): void {
    const text = readFileSync(file, 'utf8')
    expect(text.split(from)).toHaveLength(2)
    writeFileSync(file, text.replace(from, to))
  }
})
