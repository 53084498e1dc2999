import type { Client } from '@countersign/client'
import type { ExpectedRow } from './call-row.ts'
import type { GatewayAddresses } from './running-gateway.ts'
import type { SandboxAddresses } from './sandbox-addresses.ts'

/** What one upstream has to show. A file of its own beside this one, and a line in `scenarios.ts`. */
export interface Scenario {
  /** Its name in the configuration, and the folder under `examples/` that the gateway is started with. */
  readonly upstream: string
  /** The variables that hold its credential: made up for each run, known to the sandbox and this gateway only. */
  readonly credential: readonly string[]
  /** The variables which that configuration asks for beside these and the issuer. */
  environment(ground: Ground): Variables | Promise<Variables>
  /** Makes the calls, in order. A call that did not come out as needed for the next one throws. */
  walk(stage: Stage): Promise<void>
  /** What to try by hand: who calls, and a path on the gateway that it may read. */
  readonly tryByHand: { readonly service: string; readonly path: string }
}

/** A part of a process's environment. */
export type Variables = Readonly<Record<string, string>>

/** What a gateway can be built on. */
export interface Ground {
  readonly sandbox: SandboxAddresses
  /** For files of the gateway's own; removed with everything in it at the end. */
  readonly folder: string
}

/** What a scenario plays on. */
export interface Stage {
  readonly sandbox: SandboxAddresses
  /** Where the gateway listens. */
  addresses(): GatewayAddresses
  /** What the sandbox's issuer signs for a service, or for an operator. */
  identity(subject: string): Promise<string>
  /** The client of a service, with the identity that the sandbox's issuer hands it. */
  as(service: string): Client
  /** Makes one call, shows it, and compares it with what is expected. @throws whatever the call threw */
  allowed<T>(expected: Omit<ExpectedRow, 'verdict'>, call: () => Promise<T>): Promise<T>
  /** The same for one call that the gateway refuses with 403 `policy.refused`. */
  refused(operation: string, call: () => Promise<unknown>): Promise<void>
  /** The same for one call that is allowed and fails all the same; what the gateway says of it is shown. */
  failed(expected: FailedRow, call: () => Promise<unknown>): Promise<void>
  /** Shows a sentence. */
  note(sentence: string): void
  /** Pulls a string of the upstream in the sandbox, shown under this sentence. */
  control(sentence: string, method: 'POST' | 'PUT', path: string, body?: object): Promise<void>
  /** How often the upstream was asked so far, by kind of request. */
  counts(): Promise<ReadonlyMap<string, unknown>>
  /** Kills the gateway without a warning and starts it again, shown under this sentence. */
  restart(sentence: string): Promise<void>
}

/** What a call comes to that policy allows and the gateway cannot make. */
export type FailedRow = Omit<ExpectedRow, 'verdict'> & { readonly reason: string }
