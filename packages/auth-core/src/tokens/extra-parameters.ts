/**
 * Why a configured parameter may not be added to a token request, as a sentence for the operator; `undefined`
 * when it may. What decides who asks and what is granted comes from credential and policy alone: an extra
 * `scope` would widen every token behind the policy's back.
 *
 * @param name of the parameter, in any case: endpoints differ in whether they tell the cases apart
 */
export function extraParameterProblem(name: string): string | undefined {
  if (name === '') return 'A parameter of the token request needs a name.'
  const lower = name.toLowerCase()
  if (!core.has(lower) && !/^(client_assertion|subject_token|actor_token)/.test(lower)) return undefined
  return `The parameter "${name}" of the token request is set by the gateway itself and cannot be overridden.`
}

const core: ReadonlySet<string> = new Set([
  'grant_type',
  'client_id',
  'client_secret',
  'audience',
  'scope',
  'resource',
  'requested_token_type',
])
