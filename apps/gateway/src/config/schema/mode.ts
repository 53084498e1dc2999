import type { Mode } from '@countersign/auth-core'
import { z } from 'zod'

/** What happens to a call that no rule allows. */
export function mode(): z.ZodType<Mode, Mode> {
  return z.enum(['enforce', 'shadow'])
}
