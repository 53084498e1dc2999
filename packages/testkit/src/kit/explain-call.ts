import { runCountersign } from './countersign-command.ts'

/** A call that nobody has to make. */
export interface ExplainedCall {
  /** Who would call: a service of the policy, or an identity. */
  readonly as: string | { readonly issuer: string; readonly subject: string }
  readonly method: string
  /** Path and query as sent to the gateway: `/inbox-manager/api/accounts?page=2`. */
  readonly path: string
  readonly claims?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
  /** Text as it would be sent; anything else is taken for JSON. */
  readonly body?: unknown
}

/** What would become of it. */
export interface Explanation {
  readonly verdict: 'allow' | 'shadow' | 'deny'
  /** In plain words, several lines: the rule with file:line:column, and why; or what would allow it. */
  readonly text: string
}

/**
 * Asks `countersign explain`, which decides by the same function as the gateway.
 *
 * @throws {Error} with what the command said, where it did not answer
 */
export async function explainCall(policyPath: string, call: ExplainedCall): Promise<Explanation> {
  const { as, method, path, claims, headers, body } = call
  const caller = typeof as === 'string' ? ['--service', as] : ['--issuer', as.issuer, '--subject', as.subject]
  const fields = Object.entries(headers ?? {}).flatMap(([name, value]) => ['--header', `${name}:${value}`])
  const { stdout, stderr } = await runCountersign([
    'explain',
    ...caller,
    ...(claims === undefined ? [] : ['--claims', JSON.stringify(claims)]),
    ...fields,
    ...(body === undefined ? [] : ['--body', typeof body === 'string' ? body : JSON.stringify(body)]),
    '--',
    policyPath,
    method,
    path,
  ])
  const [, verdict] = /^(allow|shadow|deny)\b/.exec(stdout) ?? []
  if (verdict !== 'allow' && verdict !== 'shadow' && verdict !== 'deny') {
    throw new Error(`countersign explain said no verdict: ${stderr.trim() || stdout.trim()}`)
  }
  return { verdict, text: stdout.trimEnd() }
}
