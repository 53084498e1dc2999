import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { presets } from '@countersign/auth-core'
import { afterAll, describe, expect, it } from 'vitest'
import { createHypotheticals } from '../authorize/hypothetical.ts'
import { loadConfig } from '../config/load.ts'
import { runPolicyTests } from './run-policy-tests.ts'
import { parseTests } from './test-file.ts'

// The page is the specification: every row of its table, and its example of a test, are executed here.
const page = readFileSync(new URL('../../../../docs/policy.md', import.meta.url), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'countersign-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = join(folder, 'countersign.yaml')
writeFileSync(file, block('yaml'))
const config = loadConfig(file, { env: {}, presets, policyOnly: true })
const ask = createHypotheticals(config)

function block(kind: string): string {
  const text = page.split(`\n\`\`\`${kind}\n`)[1]?.split('\n```')[0]
  if (text === undefined) throw new Error(`docs/policy.md has no block of ${kind}`)
  return `${text}\n`
}

const rows = (page.split('## Cases')[1]?.split('\n## ')[0] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(1)
  .map((line) => line.split('|').map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')))

describe('the cases of docs/policy.md', () => {
  it('are all here', () => {
    expect(rows.length).toBeGreaterThan(20)
  })

  it.each(rows)('%s%s %s %s %s → %s', (...cells) => {
    const [, who, claims, request, body, verdict, rule, scopes] = cells
    const [method = '', target = ''] = (request ?? '').split(' ')
    const known = config.services.has(who ?? '')
    const identity = known ? { service: who ?? '' } : { issuer: 'cluster', subject: who ?? '' }
    const answer = ask({
      caller: { ...identity, claims: claims ? JSON.parse(claims) : {} },
      method,
      target,
      body: body === '' ? undefined : body,
      now: Date.parse('2026-01-05T12:00:00Z'),
    })
    if ('fault' in answer) {
      expect(answer.fault.code).toBe(verdict)
      return
    }
    const { explanation } = answer
    expect(explanation.verdict).toBe(verdict)
    expect(explanation.rule?.label ?? '').toBe(rule === '' ? '' : `${who} allow[${rule}]`)
    expect(explanation.token?.scopes.join(' ') ?? '').toBe(scopes)
  })
})

it('the test that docs/policy.md shows passes', () => {
  const { results } = runPolicyTests(config, parseTests('policy.test.yaml', block('yaml test')))
  expect(results.map(({ differences }) => differences)).toEqual([[], []])
})
