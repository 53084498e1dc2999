import { Problem } from '../config/schema/problem.ts'
import { type RouteTemplate, route } from '../config/schema/route.ts'

const routeSchema = route()

/**
 * A method and a path of a document as the gateway writes a route. Names of variables get the characters that
 * names here have; nothing else is changed.
 *
 * @returns a problem, in the words of `check`, for what the gateway has no route for
 */
export function routeTemplate(method: string, path: string): RouteTemplate | Problem {
  const used = new Set<string>()
  const template = path.replace(/\{([^{}/]*)\}/g, (_whole, name: string) => {
    const plain = name.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d|$)/, 'v')
    const free = used.has(plain) ? `${plain}_${used.size + 1}` : plain
    used.add(free)
    return `{${free}}`
  })
  const parsed = routeSchema.safeParse(`${method} ${template}`)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const hint = issue?.code === 'custom' ? issue.params?.hint : undefined
  return new Problem(issue?.message ?? 'is not a route', typeof hint === 'string' ? hint : '')
}

/** The same for two routes that differ only in how their variables are called. */
export function routeKey({ method, template }: RouteTemplate): string {
  return `${method} ${template.replace(/\{[^}]*\}/g, '{}')}`
}
