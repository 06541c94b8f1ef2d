import { UsersRound } from 'lucide-react'
import { api, ask } from '../api/client.ts'
import { usePages } from '../api/pages.ts'
import { useWords } from '../i18n/contacts/index.ts'
import { Loaded } from '../ui/page.tsx'
import { Empty } from '../ui/parts.tsx'
import { SuggestionLine } from './suggestion.tsx'

export function Duplicates() {
  const { merge: words } = useWords()
  const list = usePages(['merge-suggestions'], cursor => ask(api['merge-suggestions'].$get({ query: cursor })))
  return (
    <Loaded query={list.query}>
      {rows =>
        rows.length === 0 ? (
          <Empty icon={<UsersRound />} title={words.none} lead={words.noneLead} />
        ) : (
          <ul aria-label={words.title} className="flex flex-col gap-2">
            {rows.map(each => (
              <li key={each.id}>
                <SuggestionLine suggestion={each} />
              </li>
            ))}
          </ul>
        )
      }
    </Loaded>
  )
}
