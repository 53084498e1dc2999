import { styleText } from 'node:util'
import type { PolicyWarning } from '@countersign/auth-core'

/** Warnings for people, each with its place and what to do; empty for none. */
export function renderWarnings(warnings: readonly PolicyWarning[]): string {
  return warnings
    .map(({ position, message, hint }) => {
      const place = position === undefined ? '' : `${position}: `
      return `${styleText('yellow', 'warning')}: ${place}${message}\n  = ${hint}\n`
    })
    .join('\n')
}
