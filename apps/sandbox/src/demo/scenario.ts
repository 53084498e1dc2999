import type { Client } from '@countersign/client'
import type { ExpectedRow } from './call-row.ts'
import type { SandboxAddresses } from './sandbox-addresses.ts'

/** What one upstream has to show. A file of its own beside this one, and a line in `scenarios.ts`. */
export interface Scenario {
  /** Its name in the configuration, and the folder under `examples/` that the gateway is started with. */
  readonly upstream: string
  /** The variables which that configuration asks for, beside the issuer and the client's credential. */
  environment(sandbox: SandboxAddresses): Record<string, string>
  /** Makes the calls, in order. A call that did not come out as needed for the next one throws. */
  walk(stage: Stage): Promise<void>
  /** What to try by hand: who calls, and a path on the gateway that it may read. */
  readonly tryByHand: { readonly service: string; readonly path: string }
}

/** What a scenario plays on. */
export interface Stage {
  readonly sandbox: SandboxAddresses
  /** The client of a service, with the identity that the sandbox's issuer hands it. */
  as(service: string): Client
  /** Makes one call, shows it, and compares it with what is expected. @throws whatever the call threw */
  allowed<T>(expected: Omit<ExpectedRow, 'verdict'>, call: () => Promise<T>): Promise<T>
  /** The same for one call that the gateway refuses with 403 `policy.refused`. */
  refused(operation: string, call: () => Promise<unknown>): Promise<void>
  /** Pulls a string of the sandbox, shown under this sentence. */
  control(sentence: string, method: 'POST' | 'PUT', path: string): Promise<void>
}
