import { compilePolicy } from '../src/policy/compile-policy.ts'
import type { JudgedBody } from '../src/policy/judge-body.ts'
import type { Operation } from '../src/policy/operation.ts'
import type { Policy, PolicyDefinition } from '../src/policy/policy.ts'
import type { Question } from '../src/policy/question.ts'

/** An operation for tests: harmless unless it says otherwise. */
export function operation(name: string, route: string, rest: Partial<Operation> = {}): Operation {
  const [method = 'GET', template = `/${name}`] = route.split(' ')
  return { name, method, template, scopes: [], replay: 'never', destructive: false, ...rest }
}

/** A policy that must be without faults. */
export function policyOf(definition: PolicyDefinition): Policy {
  const { policy, faults } = compilePolicy(definition)
  if (faults.length > 0) throw new Error(faults.map((fault) => fault.message).join('\n'))
  return policy
}

/** What {@link question} does not have to be told. */
export interface QuestionParts {
  readonly operation: Operation
  readonly upstream?: string
  readonly issuer?: string
  readonly subject?: string
  readonly claims?: Record<string, unknown>
  readonly path?: string
  readonly query?: string
  readonly headers?: readonly string[]
  readonly body?: unknown
  readonly now?: string
  readonly release?: Question['release']
}

/** A question of the service whose subject is `billing`, at upstream `idp`. */
export function question(parts: QuestionParts): Question {
  const body: JudgedBody | undefined =
    parts.body === undefined ? undefined : { kind: 'json', value: JSON.parse(JSON.stringify(parts.body)) }
  return {
    identity: {
      issuer: parts.issuer ?? 'cluster',
      subject: parts.subject ?? 'billing',
      claims: parts.claims ?? {},
      expiresAt: 0,
    },
    upstream: parts.upstream ?? 'idp',
    operation: parts.operation,
    method: parts.operation.method,
    segments: (parts.path ?? parts.operation.template).slice(1).split('/'),
    query: parts.query ?? '',
    headers: parts.headers ?? [],
    now: Date.parse(parts.now ?? '2026-01-05T12:00:00Z'),
    ...(body && { body }),
    release: parts.release,
  }
}
