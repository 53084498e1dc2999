/** What the sandbox prints about itself with `--json`, as far as the demo needs it. */
export interface SandboxAddresses {
  readonly issuer: { readonly issuer: string; readonly tokenEndpoint: string }
  readonly inboxManager: {
    readonly tokenEndpoint: string
    readonly url: string
    readonly applicationId: string
    readonly parentAccountId: string
  }
  readonly control: { readonly url: string }
}
