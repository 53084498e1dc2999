import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nameOf, type PactFile, type PactInteraction, statesOf } from '../support/pact-file.ts'
import { pacts } from '../support/places.ts'
import { readPacts } from '../support/read-pacts.ts'
import { type StateHandler, type StateValues, verifyProvider } from '../support/verify-provider.ts'
import type { TenantPair } from './tenant.ts'

/** How a pair went. Nothing in it quotes what was sent or answered. */
export interface PairReport {
  readonly provider: string
  readonly verified: readonly string[]
  /** Interactions that were not tried, and why. */
  readonly leftOut: readonly string[]
  /** What is not kept, in words; `undefined` when all is. */
  readonly failure: string | undefined
}

/** Holds a real system to those interactions of a contract whose states can be had there. */
export async function verifyTenant(pair: TenantPair, includeAssumed: boolean): Promise<PairReport> {
  const { provider, url } = pair
  const [found] = readPacts(pacts).filter(({ pact }) => pact.provider.name === provider)
  if (found === undefined) throw new Error(`no contract names the provider ${provider}`)
  const states = new Map<string, StateValues | Error>()
  const kept: PactInteraction[] = []
  const leftOut: string[] = []
  for (const interaction of found.pact.interactions) {
    const why = await obstacle(interaction, pair, { states, includeAssumed })
    if (why === undefined) kept.push(interaction)
    else leftOut.push(`${nameOf(interaction)}: ${why}`)
  }
  const failure =
    kept.length === 0
      ? undefined
      : await verify({ ...found.pact, interactions: removalsLast(kept) }, url, states)
  const unmade = [...states].flatMap(([state, made]) =>
    made instanceof Error ? [`the state "${state}" cannot be had: ${made.message}`] : [],
  )
  const failures = [...unmade, ...(failure === undefined ? [] : [failure])]
  return {
    provider,
    verified: kept.map(nameOf),
    leftOut,
    failure: failures.length === 0 ? undefined : failures.join('\n'),
  }
}

interface Considered {
  /** What each state that was tried hands over, or why it cannot be had. */
  readonly states: Map<string, StateValues | Error>
  readonly includeAssumed: boolean
}

/** Why an interaction cannot be tried; `undefined` when it can. */
async function obstacle(
  interaction: PactInteraction,
  { states: handlers, needs = {} }: TenantPair,
  { states, includeAssumed }: Considered,
): Promise<string | undefined> {
  const [state = ''] = statesOf(interaction)
  if (state.endsWith('(assumed)') && !includeAssumed) return 'assumed'
  const handler = handlers[state]
  if (handler === undefined) return 'a real system cannot be asked to be like this'
  const made = states.get(state) ?? (await attempt(handler))
  states.set(state, made)
  if (made instanceof Error) return 'its state cannot be had'
  const needed = new Set([...neededBy(interaction), ...(needs[state] ?? [])])
  const missing = [...needed].filter((name) => made[name] === undefined)
  return missing.length === 0 ? undefined : `no ${missing.join(', ')} is given`
}

async function attempt(handler: StateHandler): Promise<StateValues | Error> {
  try {
    return (await handler({})) ?? {}
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** The values that a request takes from its state. */
function neededBy({ request }: PactInteraction): readonly string[] {
  return [...JSON.stringify(request).matchAll(/\$\{(\w+)\}/g)].flatMap(([, name = '']) => name)
}

/** What one interaction removes, no other one finds: a real system is not made anew for each. */
function removalsLast(interactions: readonly PactInteraction[]): readonly PactInteraction[] {
  const removes = ({ request }: PactInteraction) => Number(Object(request).method === 'DELETE')
  return interactions.toSorted((a, b) => removes(a) - removes(b))
}

async function verify(
  pact: PactFile,
  url: string,
  made: ReadonlyMap<string, StateValues | Error>,
): Promise<string | undefined> {
  const dir = mkdtempSync(join(tmpdir(), 'tenant-'))
  const asked = new Set(pact.interactions.flatMap(statesOf))
  const states = Object.fromEntries(
    [...made].flatMap(([state, values]) =>
      values instanceof Error || !asked.has(state) ? [] : [[state, async () => values]],
    ),
  )
  try {
    writeFileSync(join(dir, 'pact.json'), JSON.stringify(pact))
    await verifyProvider<string>({ provider: pact.provider.name, url, states, dir, quotes: false })
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    rmSync(dir, { recursive: true })
  }
}
