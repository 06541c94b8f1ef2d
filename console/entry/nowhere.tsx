/** An address that leads nowhere: mistyped, or of a page that is gone. */
import { Link } from '@tanstack/react-router'
import { useWords } from '../i18n/entry/index.ts'
import { Door } from './door.tsx'

export function Nowhere() {
  const { nowhere: words } = useWords()
  return (
    <Door title={words.title} lead={words.lead}>
      <Link to="/inbox" className="self-center font-semibold text-accent">
        {words.inbox}
      </Link>
    </Door>
  )
}
