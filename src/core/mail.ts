/** Mails to people of a workspace, in their language. Plain text: links that a person can read. */
import type { Language } from './errors.ts'

export type Mail = { to: string; subject: string; text: string }

/** Sends one mail. Throws where it did not go: whoever asked for it is told. */
export type Mailer = { send(mail: Mail): Promise<void> }

type Words = Record<Language, { subject: string; text: string }>

const mails = {
  'sign-in link': {
    es: {
      subject: 'Tu enlace para entrar en Buzón',
      text: 'Abre este enlace para entrar. Sirve una vez y caduca en 10 minutos:\n\n{url}\n\nSi no lo pediste, ignora este correo.',
    },
    en: {
      subject: 'Your link to sign in to Buzón',
      text: 'Open this link to sign in. It works once and ends in 10 minutes:\n\n{url}\n\nIf you did not ask for it, ignore this mail.',
    },
    pt: {
      subject: 'Seu link para entrar no Buzón',
      text: 'Abra este link para entrar. Ele funciona uma vez e expira em 10 minutos:\n\n{url}\n\nSe você não o pediu, ignore este e-mail.',
    },
  },
  'two steps instead': {
    es: {
      subject: 'Entra en Buzón con tu contraseña',
      text: 'Tu cuenta tiene la verificación en dos pasos: entra con tu contraseña y tu código.\n\n{url}',
    },
    en: {
      subject: 'Sign in to Buzón with your password',
      text: 'Your account has two-step verification: sign in with your password and your code.\n\n{url}',
    },
    pt: {
      subject: 'Entre no Buzón com sua senha',
      text: 'Sua conta tem a verificação em duas etapas: entre com sua senha e seu código.\n\n{url}',
    },
  },
  'new password': {
    es: {
      subject: 'Cambia tu contraseña de Buzón',
      text: 'Abre este enlace para elegir otra contraseña. Caduca en una hora:\n\n{url}\n\nSi no lo pediste, ignora este correo.',
    },
    en: {
      subject: 'Change your Buzón password',
      text: 'Open this link to choose another password. It ends in an hour:\n\n{url}\n\nIf you did not ask for it, ignore this mail.',
    },
    pt: {
      subject: 'Troque sua senha do Buzón',
      text: 'Abra este link para escolher outra senha. Ele expira em uma hora:\n\n{url}\n\nSe você não o pediu, ignore este e-mail.',
    },
  },
  invitation: {
    es: {
      subject: '{by} te invita a {workspace}',
      text: '{by} te invita a atender los mensajes de WhatsApp de {workspace} en Buzón. Acepta aquí, hasta el {until}:\n\n{url}',
    },
    en: {
      subject: '{by} invites you to {workspace}',
      text: '{by} invites you to answer the WhatsApp messages of {workspace} in Buzón. Accept here, until {until}:\n\n{url}',
    },
    pt: {
      subject: '{by} convida você para {workspace}',
      text: '{by} convida você a atender as mensagens de WhatsApp de {workspace} no Buzón. Aceite aqui, até {until}:\n\n{url}',
    },
  },
} as const satisfies Record<string, Words>

export type MailKind = keyof typeof mails

export function writeMail(kind: MailKind, to: string, facts: Record<string, string>, language: Language): Mail {
  const { subject, text } = mails[kind][language]
  const filled = (words: string) => words.replace(/\{(\w+)\}/g, (whole, name: string) => facts[name] ?? whole)
  // A name with a line break would begin a header of its own.
  return { to, subject: filled(subject).replace(/\s+/g, ' '), text: filled(text) }
}
