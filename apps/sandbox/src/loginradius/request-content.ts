import { ApiError } from './api-error.ts'

/** A JSON body. @throws {ApiError} 7914 for anything that is no object */
export function bodyOf(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body }
  throw new ApiError(7914, 'The body is not a JSON object')
}

/** A member that has to be there. @throws {ApiError} 7914 unless it is a non-empty string */
export function requiredText(body: Readonly<Record<string, unknown>>, name: string): string {
  const value = optionalText(body, name)
  if (value === undefined || value === '') throw new ApiError(7914, `${name} is required`)
  return value
}

/** A member that may be missing. @throws {ApiError} 7914 if it is not a string */
export function optionalText(body: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = body[name]
  if (value !== undefined && typeof value !== 'string') throw new ApiError(7914, `${name} is not text`)
  return value
}

/** A list of texts that has to be there. @throws {ApiError} 7914 */
export function requiredTexts(body: Readonly<Record<string, unknown>>, name: string): readonly string[] {
  const value = body[name]
  if (!Array.isArray(value) || !value.every((item): item is string => typeof item === 'string')) {
    throw new ApiError(7914, `${name} is not a list of text`)
  }
  return value
}

/** `true` or `false`; `otherwise` where it is missing. @throws {ApiError} 7914 */
export function flag(body: Readonly<Record<string, unknown>>, name: string, otherwise?: boolean): boolean {
  const value = body[name] ?? otherwise
  if (typeof value !== 'boolean') throw new ApiError(7914, `${name} is neither true nor false`)
  return value
}
