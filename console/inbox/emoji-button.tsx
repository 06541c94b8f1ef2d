import { SmilePlus } from 'lucide-react'
import { Popover } from 'radix-ui'
import { lazy, Suspense, useState } from 'react'
import { useText } from '../i18n/index.tsx'
import { IconButton } from '../ui/button.tsx'

const EmojiGrid = lazy(async () => ({ default: (await import('./emoji.tsx')).EmojiGrid }))

/** Opens the emoji; one that is picked is given, and they close. */
export function EmojiButton({ onPick }: { onPick: (emoji: string) => void }) {
  const { composer: text } = useText()
  const [isOpen, setOpen] = useState(false)
  const pick = (emoji: string) => {
    setOpen(false)
    onPick(emoji)
  }
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Anchor>
        <IconButton label={text.emoji} small aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <SmilePlus />
        </IconButton>
      </Popover.Anchor>
      <Popover.Portal>
        <Popover.Content
          aria-label={text.emoji}
          side="top"
          align="start"
          sideOffset={6}
          collisionPadding={8}
          // The field has the focus afterwards.
          onCloseAutoFocus={event => event.preventDefault()}
          className="scroller z-50 max-h-72 overflow-y-auto rounded-xl border border-line bg-raised p-2 shadow-xl"
        >
          <Suspense>
            <EmojiGrid names={text.emojiGroups} onPick={pick} />
          </Suspense>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}
