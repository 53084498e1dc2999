import type {
  AurinkoAccount,
  AurinkoAccountFields,
  AurinkoCalendar,
  AurinkoEvent,
  AurinkoMessage,
  AurinkoOffsetPage,
  AurinkoOutgoingMessage,
  AurinkoPage,
  AurinkoRecord,
  AurinkoSavedAccount,
  AurinkoSent,
  AurinkoSubscription,
  AurinkoSync,
} from './aurinko-records.ts'
import type { CallOptions } from './call.ts'

/** Which part of one of the application's own lists. The upstream's default is 50 from the first. */
export interface AurinkoOffset {
  readonly limit?: number
  readonly offset?: number
}

/** Where in a list of the provider's to go on. */
export interface AurinkoPaging {
  readonly pageToken?: string
}

/** Which event of which calendar. */
export interface AurinkoEventIds {
  readonly calendarId: string
  readonly eventId: string
}

/** Which task of which list. */
export interface AurinkoTaskIds {
  readonly taskListId: string
  readonly taskId: string
}

/** A change, and the etag of what it was made on: 412 if somebody else was quicker. */
export interface AurinkoChange {
  readonly change: Readonly<Record<string, unknown>>
  readonly etag: string
}

type Fields = Readonly<Record<string, unknown>>

/**
 * Operations of Aurinko by the account that an administrator consented to; `accounts` and the two beside it are
 * the application's own. Every call rejects with {@link GatewayError} (`mint.refused` when there is no
 * consent, or none any more), {@link UpstreamError} (its body has a `code` that need not match the status),
 * {@link GatewayUnreachableError}, {@link IdentityError} or the signal's reason; an id is one segment of a path
 * whatever it contains, and an empty one, `.` or `..` is a `TypeError`.
 */
export interface Aurinko {
  readonly account: {
    get(options?: CallOptions): Promise<AurinkoAccount>
    /** Ends the consent with everything that hangs on it. */
    remove(options?: CallOptions): Promise<void>
    /** Ends the consent; the account stays. */
    revokeToken(options?: CallOptions): Promise<void>
  }
  readonly serviceAccounts: {
    list(page?: AurinkoOffset, options?: CallOptions): Promise<AurinkoOffsetPage<AurinkoAccount>>
  }
  readonly managedAccounts: {
    save(
      serviceAccountId: number,
      account: AurinkoAccountFields,
      options?: CallOptions,
    ): Promise<AurinkoSavedAccount>
  }
  readonly personalAccounts: {
    list(page?: AurinkoOffset, options?: CallOptions): Promise<AurinkoOffsetPage<AurinkoAccount>>
    get(id: number, options?: CallOptions): Promise<AurinkoAccount>
    save(account: AurinkoAccountFields, options?: CallOptions): Promise<AurinkoSavedAccount>
    /** Whether these credentials work, without saving anything. */
    check(account: AurinkoAccountFields, options?: CallOptions): Promise<void>
    remove(id: number, options?: CallOptions): Promise<void>
  }
  readonly subscriptions: {
    list(page?: AurinkoOffset, options?: CallOptions): Promise<AurinkoOffsetPage<AurinkoSubscription>>
    get(id: number, options?: CallOptions): Promise<AurinkoSubscription>
    /** The receiver is asked for its validation token before this returns: up to 30 s. */
    create(
      subscription: { readonly resource: string; readonly notificationUrl: string },
      options?: CallOptions,
    ): Promise<AurinkoSubscription>
    remove(id: number, options?: CallOptions): Promise<void>
  }
  readonly calendars: {
    list(page?: AurinkoPaging, options?: CallOptions): Promise<AurinkoPage<AurinkoCalendar>>
    get(id: string, options?: CallOptions): Promise<AurinkoCalendar>
    create(calendar: { readonly name: string }, options?: CallOptions): Promise<AurinkoCalendar>
    update(id: string, change: Fields, options?: CallOptions): Promise<AurinkoCalendar>
  }
  readonly events: {
    /** @param range both ends in RFC 3339 */
    list(
      calendarId: string,
      range: AurinkoPaging & { readonly timeMin: string; readonly timeMax: string },
      options?: CallOptions,
    ): Promise<AurinkoPage<AurinkoEvent>>
    get(ids: AurinkoEventIds, options?: CallOptions): Promise<AurinkoEvent>
    create(calendarId: string, event: Fields, options?: CallOptions): Promise<AurinkoRecord>
    update(ids: AurinkoEventIds, change: AurinkoChange, options?: CallOptions): Promise<AurinkoRecord>
    remove(ids: AurinkoEventIds, options?: CallOptions): Promise<void>
  }
  readonly messages: {
    list(
      page?: AurinkoPaging & { readonly q?: string },
      options?: CallOptions,
    ): Promise<AurinkoPage<AurinkoMessage>>
    get(id: string, options?: CallOptions): Promise<AurinkoMessage>
    send(message: AurinkoOutgoingMessage, options?: CallOptions): Promise<AurinkoSent>
    remove(id: string, options?: CallOptions): Promise<void>
  }
  readonly folders: { list(options?: CallOptions): Promise<AurinkoPage<AurinkoRecord>> }
  readonly contacts: {
    startSync(options?: CallOptions): Promise<AurinkoSync>
    /** @param at a delta token for the first page, a page token for the others */
    listUpdated(at: AurinkoDelta, options?: CallOptions): Promise<AurinkoPage<AurinkoRecord>>
    listDeleted(at: AurinkoDelta, options?: CallOptions): Promise<AurinkoPage<AurinkoRecord>>
    get(id: string, options?: CallOptions): Promise<AurinkoRecord>
    create(contact: Fields, options?: CallOptions): Promise<AurinkoRecord>
    update(id: string, change: AurinkoChange, options?: CallOptions): Promise<AurinkoRecord>
    remove(id: string, options?: CallOptions): Promise<void>
  }
  readonly taskLists: {
    list(page?: AurinkoPaging, options?: CallOptions): Promise<AurinkoPage<AurinkoRecord>>
    get(id: string, options?: CallOptions): Promise<AurinkoRecord>
    create(list: { readonly title: string }, options?: CallOptions): Promise<AurinkoRecord>
    remove(id: string, options?: CallOptions): Promise<void>
  }
  readonly tasks: {
    list(taskListId: string, page?: AurinkoPaging, options?: CallOptions): Promise<AurinkoPage<AurinkoRecord>>
    get(ids: AurinkoTaskIds, options?: CallOptions): Promise<AurinkoRecord>
    create(taskListId: string, task: Fields, options?: CallOptions): Promise<AurinkoRecord>
    update(
      ids: AurinkoTaskIds,
      change: Pick<AurinkoChange, 'change'> & Partial<AurinkoChange>,
      options?: CallOptions,
    ): Promise<AurinkoRecord>
    remove(ids: AurinkoTaskIds, options?: CallOptions): Promise<void>
  }
}

/** Where a sync begins, or goes on. */
export type AurinkoDelta = { readonly deltaToken: string } | { readonly pageToken: string }
