import type { Widened } from '../index.tsx'
import type { es } from './es.ts'

export const pt: Widened<typeof es> = {
  join: {
    title: workspace => `Junte-se a ${workspace}`,
    lead: (by, until) => `${by} convida você. Vale até ${until}.`,
    gone: 'Este convite já não vale',
    goneLead: 'Expirou, foi usado ou retirado. Peça outro a quem convidou você.',
    name: 'Seu nome',
    email: 'Seu e-mail',
    password: 'Senha (10 caracteres ou mais)',
    accept: 'Entrar na equipe',
    acceptAs: name => `Aceitar como ${name}`,
    hasAccount: 'Você já tem conta: entre primeiro e volte a este link.',
    signIn: 'Entrar',
  },
  setup: {
    title: 'Comece com o Buzón',
    lead: 'Você é a primeira pessoa aqui: crie o espaço do seu negócio.',
    workspace: 'Nome do negócio',
    language: 'Idioma',
    timeZone: 'Fuso horário',
    submit: 'Criar',
  },
  reset: {
    ask: 'Esqueceu a senha?',
    title: 'Recupere sua senha',
    lead: 'Enviaremos um link para escolher outra.',
    send: 'Enviar o link',
    sent: 'Se esse e-mail tem conta, o link está a caminho.',
    noMail: 'Aqui não se enviam e-mails: peça ajuda a quem administra.',
    newTitle: 'Escolha outra senha',
    password: 'Nova senha (10 caracteres ou mais)',
    save: 'Salvar e entrar',
    saved: 'Senha mudada. Entre com ela.',
    back: 'Voltar a entrar',
  },
  nowhere: {
    title: 'Não há nada aqui',
    lead: 'O endereço está errado, ou a página não existe mais.',
    inbox: 'Ir para a caixa de entrada',
  },
}
