/** An operation as the import proposes it: the keys of the configuration, with their defaults left out. */
export interface ImportedOperation {
  readonly name: string
  /** `GET /v1/accounts/{account_id}` */
  readonly route: string
  readonly scopes?: readonly string[] | undefined
  readonly destructive?: true | undefined
}

/** What an import says of an operation beside its name. */
export const importedKeys = ['route', 'scopes', 'destructive'] as const
