import type { IncomingMessage } from 'node:http'
import { createExchange, type Exchange, type ExchangeParts } from './exchange/exchange.ts'
import type { MetadataDocuments } from './metadata/documents.ts'
import type { RouteTable } from './route/route-table.ts'

/** What the data listener does beside calls. */
export interface OwnSurface {
  readonly exchange: Exchange
  /** What is said about the gateway to anybody. */
  readonly metadata: MetadataDocuments
  /** Is a request for the gateway itself, and not for an upstream that has a host of its own? */
  isAddressed(req: IncomingMessage): boolean
}

/** What {@link createOwnSurface} puts together. */
export interface OwnParts extends ExchangeParts {
  readonly metadata: MetadataDocuments
  readonly routes: RouteTable
}

/** The surface of one configuration. */
export function createOwnSurface({ metadata, routes, ...parts }: OwnParts): OwnSurface {
  return {
    exchange: createExchange(parts),
    metadata,
    isAddressed: ({ headers }) => !routes.isUpstreamHost(headers.host),
  }
}
