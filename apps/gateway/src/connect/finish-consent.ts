import { exchangeCode, Fault } from '@countersign/auth-core'
import { createFetch } from '../fetch.ts'
import { StoreError } from '../store/store-error.ts'
import { type ConnectService, recordConsent } from './connect-service.ts'
import type { ConsentTarget } from './consent-target.ts'
import type { Consent } from './consents.ts'

/** What came back from the upstream. */
export interface ConsentAnswer {
  readonly target: ConsentTarget
  readonly consent: Consent
  readonly query: ReadonlyMap<string, string>
}

/** How a consent ended, for the administrator. */
export interface ConsentEnd {
  readonly status: number
  readonly says: string
}

/**
 * Ends a consent: exchanges the code, keeps the account, and says in words what went wrong if something did.
 * Whatever the answer, anything but the one value that means success *and* a code is a failure.
 *
 * @throws {Fault} `audit.unavailable`, before anything is kept
 */
export async function finishConsent(service: ConnectService, answer: ConsentAnswer): Promise<ConsentEnd> {
  const { target, consent, query } = answer
  // The code is of where the administrator was asked, and is shown to nobody else.
  if (consent.askedAt !== target.origin) {
    return fail(service, consent, {
      status: 400,
      says: `The address of ${target.upstream} was changed while consent was asked for. Nothing was kept; begin again with: countersign connect ${target.upstream}`,
    })
  }
  const { returned } = target.flow
  const code = query.get(returned.code) ?? ''
  const status = returned.status === undefined ? undefined : query.get(returned.status)
  const isSuccess = returned.success === undefined || status === returned.success
  if (!isSuccess || code === '') {
    const given = reasons(query)
    return fail(service, consent, {
      status: 400,
      says: `${target.upstream} reports that consent was not given${given}. Nothing was changed; begin again with: countersign connect ${target.upstream}`,
    })
  }
  let isUsed = false
  try {
    // It can be used once, and what comes of it has to be on record and kept.
    recordConsent(service, consent, { step: 'answered' })
    await service.accounts.assertWritable()
    const { credential, flow, timeouts } = target
    isUsed = true
    const account = await exchangeCode({ flow, credential, code, fetch: createFetch(timeouts) })
    recordConsent(service, consent, { step: 'done' })
    const { issuer, subject } = consent.operator
    await service.accounts.put(target.upstream, {
      ...account,
      origin: target.origin,
      consentedAt: service.clock.now(),
      consentedBy: { issuer, subject },
      deadSince: undefined,
    })
  } catch (error) {
    if (error instanceof Fault && error.code === 'audit.unavailable') {
      consent.state = 'failed'
      consent.says = `The consent cannot be recorded. ${whatNow(target, isUsed)}`
      throw error
    }
    if (error instanceof StoreError) {
      const says = `${error.message}. ${whatNow(target, isUsed)}`
      const { status } = fail(service, consent, { status: 503, says })
      return { status, says: `The gateway cannot keep what was consented to. Whoever runs it is told why.` }
    }
    const { says, detail } = Fault.from(error)
    return fail(service, consent, { status: 502, says: `${says} Nothing was changed.`, detail })
  }
  consent.state = 'done'
  consent.says = `${target.upstream} is connected.`
  return { status: 200, says: `${consent.says} This window can be closed.` }
}

function whatNow({ upstream }: ConsentTarget, isUsed: boolean): string {
  const lost = isUsed ? 'The token was lost' : 'The code was not used'
  return `${lost}; once that is mended, begin again with: countersign connect ${upstream}`
}

function fail(
  service: ConnectService,
  consent: Consent,
  { status, says, detail = says }: ConsentEnd & { readonly detail?: string | undefined },
): ConsentEnd {
  consent.state = 'failed'
  consent.says = says
  recordConsent(service, consent, { step: 'failed', detail })
  return { status, says }
}

/** ` (error: access_denied)`: what the upstream names, as far as it is plain text. */
function reasons(query: ReadonlyMap<string, string>): string {
  const named = ['status', 'error', 'error_description'].flatMap((name) => {
    const value = query.get(name)
    return value !== undefined && /^[\x20-\x7e]{1,200}$/.test(value) ? [`${name}: ${value}`] : []
  })
  return named.length === 0 ? '' : ` (${named.join(', ')})`
}
