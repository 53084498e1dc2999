import type { ASTNode } from '@marcbachmann/cel-js'

/** A method call that a macro takes over; the library's own types leave open what it hands to one. */
export interface MethodMacro {
  readonly ast: ASTNode
  readonly args: readonly ASTNode[]
  readonly receiver: ASTNode
}

/** What a macro asks about types with, when the policy is loaded. */
export interface TypeChecker {
  check(node: ASTNode, scope: unknown): { readonly kind: string; readonly name: string }
  getType(name: string): unknown
  createError(code: string, message: string, node: ASTNode): Error
}

/** What a macro gets values from, when a request is judged. */
export interface Evaluator {
  run(node: ASTNode, scope: unknown): unknown
}
