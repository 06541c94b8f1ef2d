/**
 * Files of messages: what WhatsApp takes of each kind, what to do with a file that it does not take, and how long a file
 * is asked for. Types and sizes: Meta, "Media › Supported media types".
 */
import type { Language } from './errors.ts'
import type { MessageKind } from './message.ts'

export const mediaKinds = ['image', 'video', 'audio', 'voice', 'document', 'sticker'] as const satisfies MessageKind[]
export type MediaKind = (typeof mediaKinds)[number]

export function isMediaKind(kind: string): kind is MediaKind {
  return (mediaKinds as readonly string[]).includes(kind)
}

/** `waiting` to be fetched, `stored`, or why it is not here: `expired` means that WhatsApp has it no more. */
export const mediaStates = ['waiting', 'stored', 'failed', 'expired', 'too large'] as const
export type MediaState = (typeof mediaStates)[number]

const MB = 1024 * 1024
const KB = 1024

/** Nothing larger comes or goes. Bytes. */
export const LARGEST_FILE = 100 * MB

/** What is read whole, to look into it or to repack it: all kinds but documents are smaller. Bytes. */
export const LARGEST_READ_WHOLE = 16 * MB

const office = [
  ...(['application/pdf', 'text/plain', 'application/msword', 'application/vnd.ms-excel'] as const),
  'application/vnd.ms-powerpoint',
  ...['wordprocessingml.document', 'spreadsheetml.sheet', 'presentationml.presentation'].map(
    part => `application/vnd.openxmlformats-officedocument.${part}`,
  ),
]

/** By the type alone; parameters such as `codecs` are looked at apart. Bytes. */
const taken: Record<MediaKind, { mimes: readonly string[]; bytes: number }> = {
  image: { mimes: ['image/jpeg', 'image/png'], bytes: 5 * MB },
  video: { mimes: ['video/mp4', 'video/3gpp'], bytes: 16 * MB },
  audio: { mimes: ['audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4', 'audio/ogg'], bytes: 16 * MB },
  voice: { mimes: ['audio/ogg'], bytes: 16 * MB },
  // As a document goes what is of another kind too: a picture is then not made smaller.
  document: { mimes: [...office, 'image/jpeg', 'image/png', 'video/mp4', 'audio/mpeg'], bytes: LARGEST_FILE },
  sticker: { mimes: ['image/webp'], bytes: 500 * KB },
}

/** A sticker that does not move. Bytes. */
const STILL_STICKER = 100 * KB

export function largestOf(kind: MediaKind): number {
  return taken[kind].bytes
}

/** What is known of a file from its bytes; what is not known is not held against it. */
export type FileFacts = {
  mime: string
  bytes: number
  audio?: { codec: string | null; channels: number } | undefined
  video?: { codec: string | null } | undefined
  /** A picture that moves. */
  animated?: boolean | undefined
  width?: number | undefined
  height?: number | undefined
}

/** `image/jpeg; charset=x` is `image/jpeg`. */
export function plainMime(mime: string): string {
  return (mime.split(';')[0] ?? '').trim().toLowerCase()
}

/** As what a file of this type goes out where nobody says. */
export function kindOfMime(mime: string): MediaKind {
  const plain = plainMime(mime)
  if (plain === 'image/webp') return 'sticker'
  const [first] = plain.split('/')
  return first === 'image' || first === 'video' || first === 'audio' ? first : 'document'
}

export type MediaProblem = { rule: MediaRule; facts: Record<string, string> }

type Sentences = Record<Language, string>

const rules = {
  'no file': {
    es: 'falta el archivo: envíalo como multipart/form-data en el campo «file»',
    en: 'the file is missing: send it as multipart/form-data in the field "file"',
    pt: 'falta o arquivo: envie-o como multipart/form-data no campo «file»',
  },
  'empty file': {
    es: 'el archivo está vacío: elige otro',
    en: 'the file is empty: choose another',
    pt: 'o arquivo está vazio: escolha outro',
  },
  'too large': {
    es: 'pesa más de {max}, lo que WhatsApp admite como {kind}: redúcelo{or}',
    en: 'is larger than {max}, which WhatsApp takes as {kind}: make it smaller{or}',
    pt: 'pesa mais de {max}, o que o WhatsApp aceita como {kind}: reduza{or}',
  },
  'image type': {
    es: 'es {mime}; como imagen WhatsApp admite JPEG y PNG: conviértela a JPEG',
    en: 'is {mime}; as an image WhatsApp takes JPEG and PNG: convert it to JPEG',
    pt: 'é {mime}; como imagem o WhatsApp aceita JPEG e PNG: converta para JPEG',
  },
  'video type': {
    es: 'es {mime}; como video WhatsApp admite MP4 y 3GP con H.264 y AAC: conviértelo a MP4 (H.264, AAC)',
    en: 'is {mime}; as a video WhatsApp takes MP4 and 3GP with H.264 and AAC: convert it to MP4 (H.264, AAC)',
    pt: 'é {mime}; como vídeo o WhatsApp aceita MP4 e 3GP com H.264 e AAC: converta para MP4 (H.264, AAC)',
  },
  'video codec': {
    es: 'lleva {codec}; WhatsApp solo muestra video H.264 con sonido AAC: vuelve a exportarlo así',
    en: 'has {codec}; WhatsApp plays only H.264 video with AAC sound: export it again that way',
    pt: 'usa {codec}; o WhatsApp só mostra vídeo H.264 com som AAC: exporte de novo assim',
  },
  'audio type': {
    es: 'es {mime}; como audio WhatsApp admite AAC, AMR, MP3, M4A y OGG/Opus: conviértelo a MP3, o graba en WebM/Opus y lo convertimos',
    en: 'is {mime}; as audio WhatsApp takes AAC, AMR, MP3, M4A and OGG/Opus: convert it to MP3, or record WebM/Opus and we repack it',
    pt: 'é {mime}; como áudio o WhatsApp aceita AAC, AMR, MP3, M4A e OGG/Opus: converta para MP3, ou grave em WebM/Opus e nós convertemos',
  },
  'ogg codec': {
    es: 'es OGG con {codec}; WhatsApp solo admite OGG con Opus: conviértelo a Opus o a MP3',
    en: 'is OGG with {codec}; WhatsApp takes OGG with Opus only: convert it to Opus or to MP3',
    pt: 'é OGG com {codec}; o WhatsApp só aceita OGG com Opus: converta para Opus ou MP3',
  },
  'voice type': {
    es: 'es {mime}; una nota de voz debe ser OGG con Opus: graba así (o WebM/Opus), o envíalo como audio',
    en: 'is {mime}; a voice note must be OGG with Opus: record it so (or WebM/Opus), or send it as audio',
    pt: 'é {mime}; uma mensagem de voz deve ser OGG com Opus: grave assim (ou WebM/Opus), ou envie como áudio',
  },
  'not mono': {
    es: 'tiene {channels} canales; WhatsApp solo reproduce OGG/Opus de un canal: graba en mono',
    en: 'has {channels} channels; WhatsApp plays OGG/Opus of one channel only: record in mono',
    pt: 'tem {channels} canais; o WhatsApp só reproduz OGG/Opus de um canal: grave em mono',
  },
  'document type': {
    es: 'es {mime}; como documento WhatsApp admite PDF, texto, Word, Excel y PowerPoint: conviértelo a PDF',
    en: 'is {mime}; as a document WhatsApp takes PDF, text, Word, Excel and PowerPoint: convert it to PDF',
    pt: 'é {mime}; como documento o WhatsApp aceita PDF, texto, Word, Excel e PowerPoint: converta para PDF',
  },
  'sticker type': {
    es: 'es {mime}; un sticker debe ser WebP de 512×512: conviértelo, o envíalo como imagen',
    en: 'is {mime}; a sticker must be WebP of 512×512: convert it, or send it as an image',
    pt: 'é {mime}; uma figurinha deve ser WebP de 512×512: converta, ou envie como imagem',
  },
  'sticker size': {
    es: 'mide {width}×{height}; un sticker debe medir 512×512: cámbialo de tamaño',
    en: 'measures {width}×{height}; a sticker must measure 512×512: resize it',
    pt: 'mede {width}×{height}; uma figurinha deve medir 512×512: redimensione',
  },
  'no such file': {
    es: 'no hay un archivo con ese identificador: súbelo primero',
    en: 'there is no file with that id: upload it first',
    pt: 'não há um arquivo com esse identificador: envie-o primeiro',
  },
  'not here yet': {
    es: 'ese archivo no está guardado aquí (estado «{state}»): espera a que llegue, o sube otro',
    en: 'that file is not stored here (state "{state}"): wait until it has come, or upload another',
    pt: 'esse arquivo não está guardado aqui (estado «{state}»): espere chegar, ou envie outro',
  },
} as const satisfies Record<string, Sentences>
export type MediaRule = keyof typeof rules

const kindNames: Record<MediaKind, Sentences> = {
  image: { es: 'imagen', en: 'an image', pt: 'imagem' },
  video: { es: 'video', en: 'a video', pt: 'vídeo' },
  audio: { es: 'audio', en: 'audio', pt: 'áudio' },
  voice: { es: 'nota de voz', en: 'a voice note', pt: 'mensagem de voz' },
  document: { es: 'documento', en: 'a document', pt: 'documento' },
  sticker: { es: 'sticker', en: 'a sticker', pt: 'figurinha' },
}
const orAsDocument: Sentences = {
  es: ', o envíalo como documento',
  en: ', or send it as a document',
  pt: ', ou envie como documento',
}

/** What to mend, in a sentence without a subject: `es image/webp; …`. */
export function explainMediaProblem({ rule, facts }: MediaProblem, language: Language): string {
  const kind = facts.kind && isMediaKind(facts.kind) ? kindNames[facts.kind][language] : ''
  const or = facts.document === 'yes' ? orAsDocument[language] : ''
  const sentence: string = rules[rule][language]
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => ({ ...facts, kind, or })[name] ?? whole)
}

/** Nothing where WhatsApp takes the file as `kind`. */
export function mediaProblems(kind: MediaKind, facts: FileFacts): MediaProblem[] {
  if (facts.bytes === 0) return [{ rule: 'empty file', facts: {} }]
  const type = typeProblem(kind, facts)
  if (type) return [type]
  const max = kind === 'sticker' && facts.animated === false ? STILL_STICKER : taken[kind].bytes
  return [...(facts.bytes > max ? [tooLarge(kind, max, plainMime(facts.mime))] : []), ...insideProblems(kind, facts)]
}

/** Where only the size is known, as while it is coming in. */
export function tooLarge(kind: MediaKind, max: number, mime: string): MediaProblem {
  const document = kind !== 'document' && taken.document.mimes.includes(mime) ? 'yes' : 'no'
  return { rule: 'too large', facts: { kind, max: sizeOf(max), document } }
}

function sizeOf(bytes: number): string {
  return bytes >= MB ? `${bytes / MB} MB` : `${bytes / KB} KB`
}

function typeProblem(kind: MediaKind, { mime }: FileFacts): MediaProblem | null {
  return taken[kind].mimes.includes(plainMime(mime)) ? null : { rule: `${kind} type`, facts: { mime } }
}

function insideProblems(kind: MediaKind, { mime, audio, video, width, height }: FileFacts): MediaProblem[] {
  switch (kind) {
    case 'audio':
    case 'voice': {
      if (plainMime(mime) !== 'audio/ogg' || !audio) return []
      if (audio.codec !== 'opus') return [{ rule: 'ogg codec', facts: { codec: audio.codec ?? '?' } }]
      return audio.channels === 1 ? [] : [{ rule: 'not mono', facts: { channels: String(audio.channels) } }]
    }
    case 'video': {
      const wrong = [video && video.codec !== 'avc' ? video : null, audio && audio.codec !== 'aac' ? audio : null]
      const codec = wrong.flatMap(track => (track ? [track.codec ?? '?'] : [])).join(', ')
      return codec ? [{ rule: 'video codec', facts: { codec } }] : []
    }
    case 'sticker':
      if (width === undefined || height === undefined || (width === 512 && height === 512)) return []
      return [{ rule: 'sticker size', facts: { width: String(width), height: String(height) } }]
    case 'image':
    case 'document':
      return []
  }
}

/** After each try that failed; ms. After the last one nobody tries again by themselves: 34 hours in all. */
const WAITS_MS = [10_000, 60_000, 300_000, 1_800_000, 7_200_000, 28_800_000, 86_400_000]

/** How long to wait after as many tries; null when it is given up. */
export function waitAfterTries(tries: number): number | null {
  return WAITS_MS[tries - 1] ?? null
}

/** WhatsApp writes hashes in base64 in webhooks and in hex elsewhere. Hex; null for what is no SHA-256. */
export function readSha256(text: unknown): string | null {
  if (typeof text !== 'string') return null
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase()
  if (!/^[A-Za-z0-9+/]{43}=$/.test(text)) return null
  return Array.from(atob(text), char => char.charCodeAt(0).toString(16).padStart(2, '0')).join('')
}
