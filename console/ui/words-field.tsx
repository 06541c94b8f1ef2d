/** A list of words, between commas. Kept as it is typed until it is left. */
import { useState } from 'react'
import { TextField } from './form.tsx'

export function WordsField({
  value,
  onChange,
  ...about
}: {
  label: string
  hint?: string
  name?: string
  placeholder?: string
  value: readonly string[]
  onChange: (words: string[]) => void
}) {
  const [typed, setTyped] = useState(value.join(', '))
  return (
    <TextField
      {...about}
      value={typed}
      onChange={text => {
        setTyped(text)
        onChange(wordsOf(text))
      }}
    />
  )
}

const wordsOf = (text: string) => [
  ...new Set(
    text
      .split(',')
      .map(word => word.trim())
      .filter(Boolean),
  ),
]
