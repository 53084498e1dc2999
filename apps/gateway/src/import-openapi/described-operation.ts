import type { Json } from '@countersign/auth-core'

/** An operation as its document describes it, with what it inherits of its path and document. */
export interface DescribedOperation {
  /** In upper case. */
  readonly method: string
  /** As it stands in the document, below its server. */
  readonly path: string
  /** `undefined` where the document gives none. */
  readonly operationId: string | undefined
  /** The first tag. */
  readonly tag: string | undefined
  /** Security requirements: its own, or the document's. */
  readonly security: Json | undefined
  /** Servers: its own, or its path's; `undefined` for the document's. */
  readonly servers: Json | undefined
  /** Names of path parameters whose value does not fill a whole segment on the wire, with the reason. */
  readonly oddParameters: readonly string[]
}

/** A route that the gateway cannot express, and why. */
export interface RefusedRoute {
  /** `GET /a/{b}.json`, or `* /a` where the methods are not known. */
  readonly route: string
  readonly reason: string
}
