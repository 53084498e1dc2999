/** What a preset's addresses may refer to. */
export interface TemplateValues {
  /** Base URL of the upstream, without a trailing slash. */
  readonly url?: string | undefined
  readonly tenant?: string | undefined
}

/**
 * A preset's address with `{url}`, `{origin}` and `{tenant}` filled in; `undefined` when one of them is not
 * known. Other words in braces are somebody else's.
 */
export function fillTemplate(template: string, { url, tenant }: TemplateValues): string | undefined {
  const values = new Map([
    ['{url}', url],
    ['{origin}', url === undefined ? undefined : new URL(url).origin],
    ['{tenant}', tenant],
  ])
  let filled = template
  for (const [name, value] of values) {
    if (!filled.includes(name)) continue
    if (value === undefined) return undefined
    filled = filled.replaceAll(name, () => value)
  }
  return filled
}
