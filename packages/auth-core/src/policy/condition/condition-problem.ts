/** Something wrong with a condition, found when the policy is loaded. */
export interface ConditionProblem {
  readonly message: string
  readonly hint: string
}

/** Carries a {@link ConditionProblem} out of the parser, which can only be left by throwing. */
export class ConditionProblemError extends Error {
  readonly problem: ConditionProblem

  constructor(message: string, hint: string) {
    super(message)
    this.name = 'ConditionProblemError'
    this.problem = { message, hint }
  }
}

/** ` (character 14)`: where in an expression, counted from 1. */
export function atCharacter(start: number | undefined): string {
  return start === undefined ? '' : ` (character ${start + 1})`
}
