import { saveAccount } from './accounts.ts'
import { ApiError, badRequest } from './api-error.ts'
import type { AurinkoSettings } from './aurinko-options.ts'
import { fillMailbox } from './seed.ts'
import { newText, type PendingConsent, type Tables } from './tables.ts'

/** The kinds of account that can be consented to, and the scopes that can be asked for. */
const serviceTypes: ReadonlySet<string> = new Set(
  'Google GoogleBot Office365 EWS MsTeamsBot Slack SlackBot ZoomBot MCTrade Zoho'.split(' '),
)
const knownScopes: ReadonlySet<string> = new Set([
  ...['Calendar', 'Mail', 'Contacts', 'Tasks'].flatMap((kind) => [`${kind}.Read`, `${kind}.ReadWrite`]),
  ...['Mail.Send', 'Mail.Drafts', 'Mail.All'],
])

/**
 * Begins a consent: everything is judged before the administrator is sent anywhere.
 *
 * @returns Aurinko's own `state`
 * @throws {ApiError} `returnurl.invalid` for an address that is not registered to the byte; 400 for the rest
 */
export function beginConsent(
  tables: Tables,
  settings: AurinkoSettings,
  { query, redirectUri }: { readonly query: URLSearchParams; readonly redirectUri: string },
): string {
  if (query.get('clientId') !== settings.clientId) throw badRequest('clientId is not known')
  const serviceType = query.get('serviceType') ?? ''
  if (!serviceTypes.has(serviceType)) throw badRequest('serviceType is not one of a service account')
  const returnUrl = query.get('returnUrl') ?? ''
  if (!tables.returnUrls.has(returnUrl)) {
    const message = "returnurl.invalid: returnUrl doesn't match the configured urls for the app."
    throw new ApiError(settings.returnUrlRefusedStatus, 'returnurl.invalid', message)
  }
  if ((query.get('responseType') ?? 'code') !== 'code')
    throw badRequest('the sandbox plays responseType=code only')
  const scopes = query.getAll('scopes').flatMap((value) => value.split(' ').filter(Boolean))
  const unknown = scopes.find((scope) => !knownScopes.has(scope))
  if (unknown !== undefined) throw badRequest(`${unknown} is not a scope`)
  const state = newText()
  const accountId = query.has('accountId') ? Number(query.get('accountId')) : undefined
  tables.pending.set(state, {
    ...{ serviceType, returnUrl, scopes, redirectUri, accountId },
    state: query.get('state') ?? undefined,
    clientOrgId: query.get('clientOrgId') ?? undefined,
  })
  return state
}

/** What a provider sends back: a code of its own, or why there is none. */
export interface ProviderAnswer {
  readonly state: string
  readonly code?: string | undefined
  readonly error?: string | undefined
  readonly description?: string | undefined
}

/**
 * Ends a consent.
 *
 * @returns the address at the application that the administrator goes back to
 * @throws {ApiError} 400 for a state that nobody began, or that ended before
 */
export function endConsent(tables: Tables, settings: AurinkoSettings, answer: ProviderAnswer): string {
  const pending = tables.pending.get(answer.state)
  if (pending === undefined) throw badRequest('state is not known')
  tables.pending.delete(answer.state)
  if (answer.error !== undefined || !answer.code) {
    // Assumed: the document says what success looks like, and nothing about failure.
    const error = answer.error ?? 'invalid_request'
    const error_description = answer.description ?? 'The provider sent no code'
    return backTo(pending, { status: 'error', error, error_description })
  }
  const code = newText()
  const expiresAt = settings.clock.now() + settings.codeLifetimeSeconds * 1000
  tables.codes.set(code, { accountId: consentedAccount(tables, pending, settings.clock.now()), expiresAt })
  return backTo(pending, { status: 'success', code })
}

/** The account that was named, else that of the same organization, else a new one. */
function consentedAccount(tables: Tables, pending: PendingConsent, now: number): number {
  const { serviceType, scopes, clientOrgId } = pending
  const before = [...tables.accounts.values()].find(
    ({ id, type, ...account }) =>
      type === 'daemon' &&
      (pending.accountId === undefined
        ? clientOrgId !== undefined &&
          account.clientOrgId === clientOrgId &&
          account.serviceType === serviceType
        : id === pending.accountId),
  )
  const { id } = saveAccount(
    tables,
    {
      ...{ type: 'daemon', serviceType, authScopes: scopes, authObtainedAt: new Date(now).toISOString() },
      ...{ email: 'admin@sandbox.example', loginString: 'admin@sandbox.example', name: 'Sandbox' },
      ...(before && { id: before.id }),
      ...(clientOrgId !== undefined && { clientOrgId }),
    },
    now,
  )
  fillMailbox(tables, id, now)
  return id
}

function backTo({ returnUrl, state }: PendingConsent, parameters: Readonly<Record<string, string>>): string {
  const url = new URL(returnUrl)
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  if (state !== undefined) url.searchParams.set('state', state)
  return url.href
}
