/** What the sandbox prints about itself with `--json`, as far as the demo needs it. */
export interface SandboxAddresses {
  readonly issuer: { readonly issuer: string; readonly tokenEndpoint: string }
  readonly inboxManager: {
    readonly tokenEndpoint: string
    readonly url: string
    readonly applicationId: string
    readonly parentAccountId: string
  }
  readonly faable: { readonly url: string }
  readonly authAction: { readonly url: string }
  readonly loginRadius: {
    readonly tokenEndpoint: string
    readonly url: string
    readonly organizationId: string
  }
  readonly aurinko: { readonly url: string }
  readonly control: { readonly url: string }
}
