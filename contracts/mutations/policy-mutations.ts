/** A policy that is not what it was, in one place. */
export interface PolicyMutation {
  readonly what: string
  /** Below `examples/platform/services`. */
  readonly file: string
  readonly from: string
  readonly to: string
  /** The need that is not met, or the grant that is not needed. */
  readonly finding: string
}

/** One scope, one operation, one condition, one grant too much. */
export const policyMutations: readonly PolicyMutation[] = [
  {
    what: 'a scope is taken away',
    file: 'accounts.yaml',
    from: 'operations: [users.get, users.create, users.update]',
    to: 'operations: [users.get, users.create, users.update]\n        scopes: [read:users, create:users]',
    finding:
      'provisioning, a change of a customer’s user: provisioning allow[3], scopes: create:users read:users, but without update:users, which it needs',
  },
  {
    what: 'an operation is taken away',
    file: 'support.yaml',
    from: 'operations: [logs.list, logs.get]',
    to: 'operations: [logs.list]',
    finding:
      'fraud-watch, one thing that happened: no rule includes faable logs.get; closest: fraud-watch allow[0]',
  },
  {
    what: 'a condition is narrower',
    file: 'support.yaml',
    from: 'int(request.query.pageSize) <= 100',
    to: 'int(request.query.pageSize) <= 50',
    finding:
      'reporting, a page of the log: reporting allow[3] includes it, but when: int(request.query.pageSize) <= 50 is false',
  },
  {
    what: 'a condition is wider',
    file: 'workplace.yaml',
    from: 'request.body.to.size() <= 20',
    to: 'request.body.to.size() <= 200',
    finding:
      'scheduling, a mail to everybody: expected policy.refused, it is let through by scheduling allow[2]',
  },
  {
    what: 'an operation is granted that nobody needs',
    file: 'workplace.yaml',
    from: 'operations: [passkeys.*]',
    to: 'operations: [passkeys.*, users.remove]',
    finding: 'login may call authaction users.remove, which no contract needs',
  },
]
