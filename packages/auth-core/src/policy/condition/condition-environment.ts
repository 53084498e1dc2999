import { Environment } from '@marcbachmann/cel-js'
import { registerContains } from './contains-macro.ts'
import { registerMatches } from './matches-macro.ts'

/** Bounds of an expression; a longer one is a program and belongs elsewhere. */
const limits = {
  maxAstNodes: 500,
  maxDepth: 32,
  maxListElements: 256,
  maxMapEntries: 16,
  maxCallArguments: 4,
}

/** Hands out environments; one is made for each distinct set of path variables. */
export type ConditionEnvironments = (pathVariables: readonly string[]) => Environment

/**
 * CEL environments for conditions. In each, everything that a condition may read has its type, so that a
 * mistake is found when the policy is loaded.
 */
export function createConditionEnvironments(): ConditionEnvironments {
  const base = createBase()
  const made = new Map<string, Environment>()
  return function environmentFor(pathVariables) {
    const key = JSON.stringify(pathVariables)
    const known = made.get(key)
    if (known) return known
    const path = Object.fromEntries(pathVariables.map((name) => [name, 'string']))
    const texts = 'map<string, string>'
    const schema = { method: 'string', path, query: texts, headers: texts, body: 'dyn' }
    const environment = base.clone().registerVariable({ name: 'request', schema })
    made.set(key, environment)
    return environment
  }
}

function createBase(): Environment {
  const environment = new Environment({ limits })
    .registerVariable({
      name: 'identity',
      schema: { issuer: 'string', subject: 'string', service: 'string', claims: 'map<string, dyn>' },
    })
    .registerVariable('now', 'google.protobuf.Timestamp')
  registerMatches(environment)
  registerContains(environment)
  return environment
}
