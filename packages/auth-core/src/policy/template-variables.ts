/** The variables of a path template by name, each with the index of its segment. */
export function templateVariables(template: string): ReadonlyMap<string, number> {
  const variables = new Map<string, number>()
  for (const [at, segment] of template.slice(1).split('/').entries()) {
    if (segment.startsWith('{')) variables.set(segment.slice(1, -1), at)
  }
  return variables
}
