/** An account of the application. Ids are numbers; everything but the id may be missing. */
export interface AurinkoAccount {
  readonly id: number
  readonly parentId?: number
  readonly serviceType?: string
  readonly active?: boolean
  /** `dead` is for ever: an administrator has to consent again. `invalid` may heal. */
  readonly tokenStatus?: 'active' | 'invalid' | 'dead'
  readonly tokenError?: string
  readonly type?: 'daemon' | 'personal' | 'managed'
  readonly daemon?: boolean
  readonly loginString?: string
  readonly email?: string
  readonly name?: string
  readonly clientOrgId?: string
  readonly authOrgId?: string
  readonly authScopes?: readonly string[]
  readonly createdAt?: string
  readonly updatedAt?: string
}

/** What an account is saved with; one of `email` and `loginString` has to be there. */
export interface AurinkoAccountFields {
  readonly active: boolean
  readonly serviceType: string
  readonly email?: string
  readonly loginString?: string
  readonly name?: string
  readonly clientOrgId?: string
  readonly authOrgId?: string
  readonly authUserId?: string
  readonly serverUrl?: string
  readonly password?: string
  readonly timezone?: string
}

/** An account that was saved. Where there is a token, it is that account's own and yours to keep. */
export interface AurinkoSavedAccount {
  readonly accountId: number
  readonly accessToken?: string
}

/** A part of the application's own lists. */
export interface AurinkoOffsetPage<T> {
  readonly records: readonly T[]
  readonly offset?: number
  readonly totalSize?: number
  readonly done?: boolean
}

/** A part of a list of the provider's; without `nextPageToken` it is the last. */
export interface AurinkoPage<T> {
  readonly records: readonly T[]
  readonly length?: number
  readonly nextPageToken?: string
  /** Of a sync, on its last page: where the next sync goes on. */
  readonly nextDeltaToken?: string
}

/** A subscription to what happens to the account's data. */
export interface AurinkoSubscription {
  readonly id: number
  /** `/email/messages`, `/calendars/primary/events`, … */
  readonly resource?: string
  readonly notificationUrl?: string
  readonly active?: boolean
  readonly failSince?: string
  readonly failDescription?: string
}

/** What has an id that is text; the rest is the provider's. */
export interface AurinkoRecord {
  readonly id: string
  /** To be given back with a change, where it has one. */
  readonly etag?: string
  readonly [field: string]: unknown
}

/** A calendar. */
export interface AurinkoCalendar extends AurinkoRecord {
  readonly name?: string
  readonly accessRole?: 'owner' | 'writer' | 'reader'
  readonly primary?: boolean
}

/** A moment with its zone, or a day. */
export interface AurinkoEventTime {
  readonly dateTime?: string
  readonly dateOnly?: string
  readonly timezone?: string
}

/** An event. */
export interface AurinkoEvent extends AurinkoRecord {
  readonly calendarId?: string
  readonly subject?: string
  readonly start?: AurinkoEventTime
  readonly end?: AurinkoEventTime
}

/** An address of a message. */
export interface AurinkoAddress {
  readonly address: string
  readonly name?: string
}

/** A message that goes out. */
export interface AurinkoOutgoingMessage {
  readonly to: readonly AurinkoAddress[]
  readonly subject?: string
  readonly body?: string
  readonly from?: AurinkoAddress
  readonly cc?: readonly AurinkoAddress[]
  readonly bcc?: readonly AurinkoAddress[]
  readonly replyTo?: readonly AurinkoAddress[]
}

/** A message that is there. */
export interface AurinkoMessage extends AurinkoRecord {
  readonly threadId?: string
  readonly subject?: string
  readonly from?: AurinkoAddress
  readonly to?: readonly AurinkoAddress[]
  readonly body?: string
}

/** What became of a message that was sent; ids only where they were asked for. */
export interface AurinkoSent {
  readonly status: string
  readonly id?: string
  readonly threadId?: string
  readonly processingStatus?: 'Ok' | 'Incomplete'
}

/** What a sync begins with. */
export interface AurinkoSync {
  readonly ready: boolean
  readonly syncUpdatedToken?: string
  readonly syncDeletedToken?: string
}
