import { z } from 'zod'

/** What is read of a pact, whatever the version of the specification; the rest of it is pact's own. */
export type PactDocument = z.output<typeof pactSchema>

/** One interaction over HTTP. Versions 2 and 3 have no `type`. */
export type HttpInteraction = z.output<typeof interactionSchema> & {
  readonly request: z.output<typeof request>
  readonly response: z.output<typeof response>
}

const named = z.object({ name: z.string().min(1) })
const texts = z.union([z.string(), z.array(z.string())])
const state = z.object({ name: z.string(), params: z.record(z.string(), z.unknown()).optional() })

const request = z.object({
  method: z.string().min(1),
  path: z.string().startsWith('/'),
  query: z.union([z.string(), z.record(z.string(), texts)]).optional(),
  headers: z.record(z.string(), texts).nullish(),
  body: z.unknown().optional(),
})

const response = z.object({
  status: z.number().optional(),
  headers: z.record(z.string(), texts).nullish(),
  body: z.unknown().optional(),
})

const interactionSchema = z.object({
  type: z.string().optional(),
  description: z.string(),
  /** Version 4 and 3. */
  providerStates: z.array(state).optional(),
  /** Version 2: one, without values. */
  providerState: z.string().nullish(),
  request: z.unknown().optional(),
  response: z.unknown().optional(),
})

const pactSchema = z.object({
  consumer: named,
  provider: named,
  interactions: z.array(interactionSchema).default([]),
  /** Of version 3; in version 4 messages are interactions. */
  messages: z.array(z.unknown()).default([]),
})

/** @throws {Error} the text is no pact */
export function parsePact(text: string): PactDocument {
  const parsed = pactSchema.safeParse(JSON.parse(text))
  if (!parsed.success) throw new Error(firstProblem(parsed.error))
  return parsed.data
}

/**
 * An interaction as one over HTTP; `undefined` for a message.
 *
 * @throws {Error} it says that it is one and holds no request
 */
export function httpInteraction(
  interaction: PactDocument['interactions'][number],
): HttpInteraction | undefined {
  const { type = 'Synchronous/HTTP', description } = interaction
  if (type !== 'Synchronous/HTTP') return undefined
  const parsed = z.object({ request, response }).safeParse(interaction)
  if (!parsed.success) throw new Error(`"${description}": ${firstProblem(parsed.error)}`)
  return { ...interaction, ...parsed.data }
}

function firstProblem({ issues: [first] }: z.ZodError): string {
  return `${first?.path.join('.') || 'it'}: ${first?.message ?? 'is not as in a pact'}`
}
