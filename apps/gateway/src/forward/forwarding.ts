import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FaultCode, Grant, Minted, Operation, TokenSource } from '@countersign/auth-core'
import type { RequestTrace } from '../trace/request-trace.ts'
import type { Answering } from './circuit.ts'
import type { AttemptTimeouts } from './deadlines.ts'
import type { Explanations } from './explain.ts'
import type { Places } from './places.ts'
import type { RefusalReader } from './refusal.ts'
import type { ShownCredential } from './shown-credential.ts'
import type { Tunnels } from './tunnels.ts'
import type { UpstreamProxy } from './upstream-proxy.ts'

/** An upstream, ready to be called. */
export interface ForwardTarget {
  readonly proxy: UpstreamProxy
  readonly tokens: TokenSource
  readonly timeouts: AttemptTimeouts
  /** Told of callers that do not take their answers, where each call takes a place. */
  readonly places?: Places
  /** Longest request body, in bytes. */
  readonly maxBodyBytes: number
  /** Request fields in lower case that pass beside the allow-list. */
  readonly alsoForwarded?: ReadonlySet<string>
  /** How an operation's credential is shown; without it, as `Authorization: Bearer` and in no other way. */
  readonly shows?: ((operation: Operation) => ShownCredential) | undefined
  /** Its tokens are had in exchange for the caller's own. */
  readonly exchanges?: boolean
  /** Where WebSockets live on. */
  readonly tunnels?: Tunnels | undefined
  /** What counts as a refusal of the credential; without it, every 401. */
  readonly refusals?: RefusalReader | undefined
  /** Told when an answer quoted the credential; it was masked. */
  readonly onEcho?: ((requestId: string) => void) | undefined
  /** Told when a call is tried again, since nothing of it was sent, with the fault that it met. */
  readonly onRetry?: ((because: FaultCode) => void) | undefined
  /** What a fault most likely means here, for the caller. */
  readonly explains?: Explanations | undefined
}

/** One granted request. */
export interface Forwarding {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly requestId: string
  readonly trace: RequestTrace
  /** The request target, byte for byte as it goes upstream. */
  readonly target: string
  readonly grant: Grant
  readonly minted: Minted
  /** The request's body, where a rule has read it; otherwise it is taken from the request as it arrives. */
  readonly body?: Buffer | undefined
  /** Milliseconds since the Unix epoch at which the caller's credential ends. */
  readonly until?: number
  /** Told of every attempt before it is made, and of the token that it is made with; says how many went before. */
  readonly attempting?: ((minted: Minted) => number) | undefined
  /** Told the status of every answer when it begins, and that of a 101. */
  readonly answering?: Answering | undefined
}
