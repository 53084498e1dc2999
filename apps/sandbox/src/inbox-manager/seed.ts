/** What exists from the start, under ids that never change. */
export interface InboxManagerSeed {
  readonly applicationId: string
  readonly parentAccountId: string
}

/** The application of the sandbox and the account under which children are made. */
export const inboxManagerSeed: InboxManagerSeed = {
  applicationId: 'app_sandbox',
  parentAccountId: 'acc_sandbox_parent',
}
