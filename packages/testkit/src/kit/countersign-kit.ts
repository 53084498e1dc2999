import type { Client, IdentitySource } from '@countersign/client'
import type { TestIssuer } from '../test-issuer.ts'
import type { ExplainedCall, Explanation } from './explain-call.ts'
import type { KitUpstream } from './kit-upstream.ts'
import type { PolicySource } from './read-policy.ts'

/** What a kit is started with. */
export interface KitOptions {
  /**
   * The policy to test against: a file or folder as `countersign serve` takes it, its text, or its sections as
   * an object. Text and object may leave out `gateway` and `issuers`, whose defaults are an issuer `internal`
   * and the audience `https://gateway.internal`.
   */
  readonly policy: PolicySource
  /** What `${env:NAME}` of the policy leads to. Default: a text made of the name; this process's variables are not read. */
  readonly env?: Readonly<Record<string, string>>
}

/** Shaped like the `fetch` that `createClient` takes. */
export type KitFetch = (url: string, init: RequestInit) => Promise<Response>

/**
 * A real gateway process with the policy under test, and everything around it on loopback: issuers that sign,
 * a token endpoint for each upstream, and upstreams that record and answer as they are told. No secret and no
 * address of the policy is used.
 */
export interface CountersignKit extends AsyncDisposable {
  /** Origin of the gateway's data listener, on a free port. */
  readonly url: string
  /** Origin of its admin listener: `/readyz`, `/metrics`. */
  readonly admin: string
  /**
   * Really signed tokens of a service, by its first identity in the policy. `claims` are laid over those that
   * the issuer signs on its own.
   *
   * @throws {TypeError} the policy has no such service
   */
  identity(service: string, claims?: Readonly<Record<string, unknown>>): IdentitySource
  /**
   * A client of the gateway for a service. It sends nothing twice. A refusal by policy says in its `detail`,
   * and so in the message of a `GatewayError`, which rule came closest, where it stands, and what would allow
   * the call.
   *
   * @throws {TypeError} the policy has no such service
   */
  client(service: string, claims?: Readonly<Record<string, unknown>>): Client
  /** One call as a service: `kit.fetch('provisioning', '/inbox-manager/api/accounts')`. Refusals explain themselves. */
  fetch(service: string, path: string, init?: RequestInit): Promise<Response>
  /** For a client that the code under test makes itself: `createClient({ …, fetch: kit.explainingFetch })`. */
  readonly explainingFetch: KitFetch
  /** What would become of a call, in the words of `countersign explain`. Nothing is sent. */
  explain(call: ExplainedCall): Promise<Explanation>
  /** An upstream by its name in the policy. @throws {TypeError} the policy has no such upstream */
  upstream(name: string): KitUpstream
  /** An issuer by its name in the policy, to sign what no service would send. @throws {TypeError} there is none */
  issuer(name: string): TestIssuer
  /** Every audit line so far, in order. */
  audit(): readonly Readonly<Record<string, unknown>>[]
  /** What the gateway has logged so far, for a test that puzzles. */
  log(): string
  /** Ends the gateway and everything around it; calls in flight are cut. */
  stop(): Promise<void>
}
