import type { ASTNode } from '@marcbachmann/cel-js'

/** What a condition looks at, known from its text alone: nothing else is prepared for it. */
export interface ConditionReads {
  /** Query parameters. */
  readonly query: ReadonlySet<string>
  /** Header fields, in lower case. */
  readonly headers: ReadonlySet<string>
  /** Variables of the path template. */
  readonly path: ReadonlySet<string>
  /** Then the request's body is read before the rule is judged, and only then. */
  readonly body: boolean
  /** Names of members of the body, wherever in it. */
  readonly members: ReadonlySet<string>
  /** The places of the request and the identity that it names, each once, as expressions of their own. */
  readonly places: readonly ASTNode[]
}
