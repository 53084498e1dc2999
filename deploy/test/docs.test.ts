import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const exclude = ['**/node_modules/**', '**/dist/**', '.packages/**', '.reports/**']
const pages = globSync('**/*.md', { cwd: root, exclude }).sort()
const read = (page: string) => readFileSync(join(root, page), 'utf8')

/** Where a page leads to in this repository: path from its root, and anchor. */
function linksOf(page: string): { readonly to: string; readonly anchor: string | undefined }[] {
  const text = read(page)
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/`[^`\n]*`/g, 'code')
  const targets = [...text.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => target)
  return targets.flatMap((target) => {
    if (/^[a-z]+:/.test(target)) return []
    const [path = '', anchor] = target.split('#')
    return [{ to: path === '' ? page : relative(root, resolve(root, dirname(page), path)), anchor }]
  })
}

/** As GitHub makes them of headings. */
function anchorsOf(page: string): string[] {
  const headings = read(page).matchAll(/^#+ (.+)$/gm)
  return [...headings].map(([, text = '']) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

test('every link of every page leads somewhere', () => {
  const broken = pages.flatMap((page) =>
    linksOf(page).flatMap(({ to, anchor }) => {
      if (!existsSync(join(root, to))) return [`${page}: ${to}`]
      const isPage = statSync(join(root, to)).isFile() && to.endsWith('.md')
      return anchor === undefined || !isPage || anchorsOf(to).includes(anchor)
        ? []
        : [`${page}: ${to}#${anchor}`]
    }),
  )
  expect(broken).toEqual([])
})

test('every page of docs is in its index, and the index is in the README', () => {
  const linked = new Set(linksOf('docs/README.md').map(({ to }) => to))
  const own = pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md')
  expect(own.length).toBeGreaterThan(20)
  expect(own.filter((page) => !linked.has(page))).toEqual([])
  expect(linksOf('README.md').map(({ to }) => to)).toContain('docs/README.md')
})

test('every field that a line of the record can have is explained', () => {
  const source = read('apps/gateway/src/record/audit-line.ts')
  const fields = [...source.matchAll(/^ {4}(\w+):/gm)].map(([, name]) => name)
  expect(fields).toContain('token_source')
  const explained = read('docs/audit.md')
  expect(fields.filter((name) => !explained.includes(`\`${name}\``))).toEqual([])
})
