import { BackOff } from '../back-off.ts'
import type { Clock } from '../clock.ts'
import { Fault } from '../fault.ts'
import type { Fetch } from '../fetch.ts'
import type { AudienceDiscovery } from '../presets/preset.ts'
import { readAnswer } from './read-answer.ts'
import { unanswered } from './unanswered.ts'

/** Knows the audience of an upstream's admin API, from the upstream itself. */
export interface AudienceFinder {
  /** The audience found last; nobody is asked. */
  current(): string | undefined
  /**
   * The audience, found if it is not known yet; concurrent calls share one look.
   *
   * @throws {Fault} `mint.audience-unknown` when the upstream does not say, `mint.unavailable` when it does
   * not answer
   */
  find(): Promise<string>
  /**
   * Looks once more, after the API has called an audience the wrong one; at most once in 10 s.
   *
   * @throws {Fault} as {@link AudienceFinder.find}; `mint.audience-unknown` when there is no other
   */
  findOther(wrong: string): Promise<string>
}

/** Where to look and by what means. */
export interface AudienceFinderOptions {
  /** Base URL of the admin API, without a trailing slash. */
  readonly url: string
  readonly discovery: AudienceDiscovery
  readonly clock: Clock
  readonly fetch: Fetch
}

const betweenLooksMs = 10_000

/** A finder that remembers the audience until the API refuses it, and a failure for as long as it backs off. */
export function createAudienceFinder(options: AudienceFinderOptions): AudienceFinder {
  const { clock } = options
  const backOff = new BackOff(1)
  let known: string | undefined
  let flight: Promise<string> | undefined
  let lookedAgainAt = Number.NEGATIVE_INFINITY

  async function look(): Promise<string> {
    try {
      known = await discover(options)
      backOff.forget('')
      return known
    } catch (error) {
      throw backOff.remember('', Fault.from(error), clock.now())
    } finally {
      flight = undefined
    }
  }
  function lookOnce(): Promise<string> {
    const failure = flight === undefined ? backOff.remembered('', clock.now()) : undefined
    if (failure !== undefined) return Promise.reject(failure)
    flight ??= look()
    return flight
  }
  return {
    current: () => known,
    find: async () => known ?? (await lookOnce()),
    async findOther(wrong) {
      if (known !== undefined && known !== wrong) return known
      if (flight === undefined) {
        if (clock.now() < lookedAgainAt + betweenLooksMs) throw noOther(wrong)
        lookedAgainAt = clock.now()
      }
      const found = await lookOnce()
      if (found === wrong) throw noOther(wrong)
      return found
    },
  }
}

function noOther(wrong: string): Fault {
  return new Fault('mint.audience-unknown', {
    detail: `the API calls the audience ${wrong} wrong, and the upstream names no other; set token.audience`,
  })
}

/** The discovery document's member first, then the look-up by host. */
async function discover({ url, discovery, fetch }: AudienceFinderOptions): Promise<string> {
  const { discoveryMember, lookup } = discovery
  const failures: Fault[] = []
  async function member(address: string, name: string): Promise<string | undefined> {
    try {
      return textOf((await get(fetch, address))?.[name])
    } catch (error) {
      failures.push(Fault.from(error))
      return undefined
    }
  }
  if (discoveryMember !== undefined) {
    const found = await member(`${url}/.well-known/openid-configuration`, discoveryMember)
    if (found !== undefined) return found
  }
  if (lookup !== undefined) {
    const path = lookup.path.replace('{host}', encodeURIComponent(new URL(url).hostname))
    const id = await member(url + path, 'id')
    if (id !== undefined) return lookup.audience.replace('{id}', () => id)
  }
  throw (
    failures[0] ??
    new Fault('mint.audience-unknown', { detail: 'the upstream does not publish it; set token.audience' })
  )
}

/** A JSON object, or `undefined` where the upstream has none to give. @throws {Fault} `mint.unavailable`, `gateway.exhausted` */
async function get(fetch: Fetch, url: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { status, body } = await readAnswer(await send(fetch, url))
  if (status === 408 || status === 429 || status >= 500) {
    throw new Fault('mint.unavailable', { detail: `the look-up of the audience was answered ${status}` })
  }
  return status === 200 ? body : undefined
}

async function send(fetch: Fetch, url: string): Promise<Response> {
  try {
    const headers = { accept: 'application/json', 'user-agent': 'countersign' }
    return await fetch(url, { method: 'GET', headers, redirect: 'manual' })
  } catch (cause) {
    throw unanswered('the look-up of the audience was not answered', cause)
  }
}

/** Visible ASCII: it goes into a token request, the record and messages. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\x21-\x7e]{1,512}$/.test(value) ? value : undefined
}
