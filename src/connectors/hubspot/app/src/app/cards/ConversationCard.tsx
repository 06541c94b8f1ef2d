import {
  Alert,
  Button,
  Divider,
  EmptyState,
  Flex,
  hubspot,
  Input,
  Link,
  LoadingSpinner,
  Select,
  Tag,
  Text,
  TextArea,
} from '@hubspot/ui-extensions'
import { useCallback, useEffect, useState } from 'react'
import { BACKEND } from './backend.ts'
import {
  type Conversation,
  contentOf,
  edited,
  messageText,
  mode,
  newDraft,
  offered,
  reasonOf,
  recordOf,
  replyBody,
  templateKey,
  windowText,
} from './card.ts'
import { fill, languageOf, texts } from './texts.ts'

/** Somebody else may write meanwhile. ms */
const REFRESH_MS = 20_000
const TIMEOUT_MS = 15_000

hubspot.extend<'crm.record.tab' | 'helpdesk.sidebar'>(({ context, actions }) => (
  <ConversationCard crm={context.crm} locale={context.user?.locale} openWindow={actions.openIframeModal} />
))

type Props = {
  crm: { objectId: number | string; objectTypeId: string }
  locale?: string | undefined
  /** https://developers.hubspot.com/docs/apps/developer-platform/add-features/ui-extensibility/ui-extensions-sdk */
  openWindow: (page: { uri: string; title: string; width: number; height: number }) => void
}

const newKey = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 12)}`

function ConversationCard({ crm: { objectId, objectTypeId }, locale, openWindow }: Props) {
  const [conversation, setConversation] = useState<Conversation | null>(null)
  const [draft, setDraft] = useState(() => newDraft(newKey()))
  const [busy, setBusy] = useState(false)
  /** Empty: nobody answered. */
  const [error, setError] = useState<string | null>(null)
  const t = texts[conversation?.language ?? languageOf(locale)]

  const load = useCallback(async () => {
    try {
      const answer = await hubspot.fetch(
        `${BACKEND}/embed/hubspot/conversation?${recordOf({ objectId, objectTypeId })}`,
        {
          method: 'GET',
          timeout: TIMEOUT_MS,
        },
      )
      const body: unknown = await answer.json()
      if (!answer.ok) throw new Error(reasonOf(body))
      setConversation(body as Conversation)
      setError(null)
    } catch (cause) {
      setError(cause instanceof Error ? cause.message : '')
    }
  }, [objectId, objectTypeId])

  useEffect(() => {
    void load()
    const timer = setInterval(load, REFRESH_MS)
    return () => clearInterval(timer)
  }, [load])

  async function send() {
    const content = conversation && contentOf(conversation, draft)
    if (!conversation || !content || busy) return
    setBusy(true)
    try {
      const answer = await hubspot.fetch(`${BACKEND}/embed/hubspot/reply`, {
        method: 'POST',
        timeout: TIMEOUT_MS,
        body: replyBody(conversation, draft, content),
      })
      if (!answer.ok) throw new Error(reasonOf(await answer.json()))
      setDraft(newDraft(newKey()))
      setError(null)
    } catch (cause) {
      // The draft and its key stay, so that trying again is not saying it twice.
      const reason = cause instanceof Error ? cause.message : ''
      setError(reason && fill(t.failed, { reason }))
    } finally {
      setBusy(false)
      await load()
    }
  }

  /** The whole of it, with files, quotes and reactions: a page of Buzón's, by a link that holds for a minute. */
  async function openWhole() {
    try {
      const answer = await hubspot.fetch(`${BACKEND}/embed/hubspot/link`, {
        method: 'POST',
        timeout: TIMEOUT_MS,
        body: Object.fromEntries(new URLSearchParams(recordOf({ objectId, objectTypeId }))),
      })
      const body: unknown = await answer.json()
      if (!answer.ok) throw new Error(reasonOf(body))
      openWindow({ uri: String((body as { url: unknown }).url), title: 'WhatsApp', width: 560, height: 720 })
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : ''
      setError(reason && fill(t.failed, { reason }))
    }
  }

  const alert = error !== null && <Alert title={error || t.unreachable} variant="error" />
  if (!conversation) return alert || <LoadingSpinner label="WhatsApp" />
  const { ticket, messages, sla } = conversation
  const how = mode(conversation)
  if (!ticket) {
    return (
      <EmptyState title="WhatsApp" layout="vertical">
        <Text>{t.none}</Text>
      </EmptyState>
    )
  }
  const at = (iso: string) => new Date(iso).toLocaleString(conversation.language)
  const chosen = offered(conversation).find(each => templateKey(each) === draft.template)

  return (
    <Flex direction="column" gap="small">
      <Flex direction="row" gap="small" wrap="wrap">
        <Text format={{ fontWeight: 'bold' }}>
          {ticket.number} · {ticket.subject}
        </Text>
        <Tag variant={conversation.window?.kind === 'open' ? 'success' : 'warning'}>
          {windowText(conversation, t, at)}
        </Tag>
      </Flex>
      <Text variant="microcopy">
        {t.owner}: {ticket.ownerName ?? t.nobody} · {ticket.channel}
      </Text>
      {sla?.lines.map(({ text }) => (
        <Text key={text} variant="microcopy">
          {text}
        </Text>
      ))}
      <Divider />
      {messages.map(message => (
        <Flex key={message.id} direction="column">
          <Text variant="microcopy">
            {message.author ?? (message.direction === 'in' ? t.customer : t.us)} · {at(message.at)}
            {messageText(message, t) && ` · ${messageText(message, t)}`}
          </Text>
          <Text>{message.text}</Text>
        </Flex>
      ))}
      <Divider />
      {alert}
      {how === 'read only' && <Text variant="microcopy">{t.readOnly}</Text>}
      {how === 'text' && (
        <TextArea
          name="answer"
          label={t.answer}
          value={draft.text}
          onInput={text => setDraft(edited(draft, { text }, newKey()))}
        />
      )}
      {how === 'template' && (
        <Select
          name="template"
          label={t.template}
          value={draft.template}
          options={offered(conversation).map(each => ({
            label: `${each.name} (${each.language})`,
            value: templateKey(each),
          }))}
          onChange={template => setDraft(edited(draft, { template: String(template), values: {} }, newKey()))}
        />
      )}
      {how === 'template' &&
        chosen?.needs.body.map(name => (
          <Input
            key={name}
            name={name}
            label={fill(t.value, { name })}
            value={draft.values[name] ?? ''}
            onInput={value => setDraft(edited(draft, { values: { ...draft.values, [name]: value } }, newKey()))}
          />
        ))}
      <Flex direction="row" gap="small">
        {(how === 'text' || how === 'template') && (
          <Button variant="primary" disabled={busy || !contentOf(conversation, draft)} onClick={send}>
            {busy ? t.sending : t.send}
          </Button>
        )}
        <Button onClick={load}>{t.refresh}</Button>
        <Button onClick={openWhole}>{t.whole}</Button>
        <Link href={ticket.url}>{t.open}</Link>
      </Flex>
    </Flex>
  )
}
