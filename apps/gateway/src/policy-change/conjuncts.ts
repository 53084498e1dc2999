import type { Condition } from '@countersign/auth-core'

/** What a condition joins by `&&`, each part in one spelling: a condition with more of them is narrower. */
export function conjuncts(condition: Condition): readonly string[] {
  return nodesOf(condition.ast).map((node) => condition.part(node).source)
}

type Node = Condition['ast']

function nodesOf(node: Node): readonly Node[] {
  return node.op === '&&' ? node.args.flatMap(nodesOf) : [node]
}
