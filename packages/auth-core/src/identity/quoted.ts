const maxLength = 80

/**
 * Text of unknown origin as part of a sentence for the operator: in quotes, cut to 80 characters, everything
 * but printable ASCII escaped, so that it cannot forge a line of a log or steer a terminal.
 */
export function quoted(text: string): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}...` : text
  return JSON.stringify(cut).replace(/[^ -~]/g, escaped)
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
