import link from '@salesforce/apex/BuzonConversation.link'
import queueText from '@salesforce/apex/BuzonConversation.queueText'
import read from '@salesforce/apex/BuzonConversation.read'
import sendTemplate from '@salesforce/apex/BuzonConversation.sendTemplate'
import LANGUAGE from '@salesforce/i18n/lang'
import { api, LightningElement } from 'lwc'
import {
  chosenTemplate,
  mode,
  offered,
  reasonOf,
  shownMessages,
  templateBody,
  templateKey,
  windowText,
} from './decide.js'
import { fill, textsFor } from './texts.js'

/** How often what is shown is read again; ms. */
const AGAIN_MS = 30_000

/** The WhatsApp conversation of a contact, a lead or a case: messages and their state, window, SLA, an answer or a template. */
export default class WhatsAppConversation extends LightningElement {
  @api recordId

  conversation = null
  text = ''
  /** Uploaded to the record, and to go with the next answer: `{documentId, name}`. */
  files = []
  draft = newDraft()
  notice = ''
  problem = ''
  isBusy = false
  /** Where the whole conversation is, while it is shown instead. */
  whole = ''
  timer

  connectedCallback() {
    this.refresh()
    // eslint-disable-next-line @lwc/lwc/no-async-operation
    this.timer = setInterval(() => !this.whole && this.refresh(), AGAIN_MS)
  }

  disconnectedCallback() {
    clearInterval(this.timer)
  }

  async refresh() {
    try {
      this.conversation = JSON.parse(await read({ recordId: this.recordId }))
      this.problem = ''
    } catch (error) {
      this.problem = fill(this.texts.failed, { reason: reasonOf(error) })
    }
  }

  /** With files, quotes and reactions: a page of Buzón's. It asks by itself what is new. */
  async showWhole() {
    try {
      this.whole = JSON.parse(await link({ recordId: this.recordId })).url
      this.problem = ''
    } catch (error) {
      this.problem = fill(this.texts.failed, { reason: reasonOf(error) })
    }
  }

  async showBrief() {
    this.whole = ''
    await this.refresh()
  }

  get texts() {
    return textsFor(this.conversation?.language ?? LANGUAGE)
  }
  get ticket() {
    return this.conversation?.ticket
  }
  get isBrief() {
    return Boolean(this.ticket) && !this.whole
  }
  get isEmpty() {
    return this.conversation !== null && !this.ticket
  }
  get messages() {
    return shownMessages(this.conversation, this.texts, at => this.format(at))
  }
  get windowLine() {
    return windowText(this.conversation, this.texts, at => this.format(at))
  }
  get slaLines() {
    return (this.conversation?.sla?.lines ?? []).map(({ text }, at) => ({ key: String(at), text }))
  }
  get ownerLine() {
    return this.ticket?.ownerName ? fill(this.texts.owner, { name: this.ticket.ownerName }) : ''
  }
  get takesText() {
    return mode(this.conversation) === 'text'
  }
  get takesTemplate() {
    return mode(this.conversation) === 'template' && this.conversation.canReply
  }
  get isReadOnly() {
    return mode(this.conversation) === 'template' && !this.conversation.canReply
  }
  get templates() {
    return offered(this.conversation).map(each => ({ label: templateKey(each), value: templateKey(each) }))
  }
  get places() {
    const names = chosenTemplate(this.conversation, this.draft.template)?.needs.body ?? []
    return names.map(name => ({ name, label: fill(this.texts.value, { name }), value: this.draft.values[name] ?? '' }))
  }
  get cannotSend() {
    if (this.isBusy) return true
    return this.takesText
      ? this.text.trim() === '' && this.files.length === 0
      : templateBody(this.conversation, this.draft) === null
  }

  format(at) {
    return new Intl.DateTimeFormat(LANGUAGE, { dateStyle: 'short', timeStyle: 'short' }).format(new Date(at))
  }

  write(event) {
    this.text = event.detail.value
  }

  get fileNames() {
    return this.files.map(({ name }) => name).join(', ')
  }

  attach(event) {
    this.files = [...this.files, ...event.detail.files]
  }

  choose(event) {
    this.draft = { ...newDraft(), template: event.detail.value }
  }

  /** Other words are another answer, so they get a key of their own. */
  fillIn(event) {
    const values = { ...this.draft.values, [event.target.dataset.place]: event.detail.value }
    this.draft = { ...newDraft(), template: this.draft.template, values }
  }

  async send() {
    if (this.cannotSend) return
    this.isBusy = true
    this.notice = ''
    try {
      if (this.takesText) {
        const documentIds = this.files.map(({ documentId }) => documentId)
        await queueText({ recordId: this.recordId, text: this.text.trim(), documentIds })
      } else
        await sendTemplate({
          recordId: this.recordId,
          body: JSON.stringify(templateBody(this.conversation, this.draft)),
        })
      this.text = ''
      this.files = []
      this.draft = newDraft()
      await this.refresh()
      this.notice = this.texts.sent
    } catch (error) {
      // What was written stays, to be tried again.
      this.problem = fill(this.texts.failed, { reason: reasonOf(error) })
    } finally {
      this.isBusy = false
    }
  }
}

function newDraft() {
  return { key: crypto.randomUUID(), template: '', values: {} }
}
