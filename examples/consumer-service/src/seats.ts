import { type Client, inboxManager, UpstreamError } from '@countersign/client'

/** Who sits where. */
export interface Seat {
  readonly accountId: string
  readonly memberId: string
}

/** What became of a request for a seat. */
export type SeatOutcome = { readonly seat: Seat } | { readonly taken: true }

/** Gives people seats in accounts of Inbox Manager. Holds no secret: the gateway does. */
export interface Seats {
  /** A seat that looks and does not touch. @throws {GatewayError} the policy of the gateway does not allow it */
  give(accountId: string, userId: string): Promise<SeatOutcome>
}

/** @param client bound to a gateway and to the identity of this workload */
export function createSeats(client: Client): Seats {
  const inbox = inboxManager(client)
  return {
    async give(accountId, userId) {
      try {
        const { id } = await inbox.addAccountMember(accountId, userId, 'viewer')
        return { seat: { accountId, memberId: id } }
      } catch (error) {
        if (error instanceof UpstreamError && error.status === 409) return { taken: true }
        throw error
      }
    },
  }
}
