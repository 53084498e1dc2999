import { styleText } from 'node:util'
import type { ConfigWarning } from '../config/find-config-warnings.ts'

/** Warnings for people, each with its place and what to do; empty for none. */
export function renderWarnings(warnings: readonly ConfigWarning[]): string {
  return warnings
    .map(({ position, message, hint }) => {
      const place = position === undefined ? '' : `${position}: `
      return `${styleText('yellow', 'warning')}: ${place}${message}\n  = ${hint}\n`
    })
    .join('\n')
}
