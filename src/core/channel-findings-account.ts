/** What is said of the account, of what may be sent from it, and of this machine, in three languages. */
import { type FindingWords, pages } from './channel-finding.ts'

export const accountFindings = {
  'account in review': {
    state: 'warning',
    seen: { es: 'Meta revisa la cuenta.', en: 'Meta reviews the account.', pt: 'A Meta revisa a conta.' },
    fix: {
      es: 'Espera la revisión; suele tardar un día. Hasta entonces no se pueden mandar plantillas.',
      en: 'Wait for the review; it takes a day as a rule. Until then no templates can be sent.',
      pt: 'Espere a revisão; costuma levar um dia. Até lá não se podem enviar modelos.',
    },
    page: pages.accounts,
  },
  'account rejected': {
    state: 'failed',
    seen: {
      es: 'Meta rechazó la cuenta {wabaId}.',
      en: 'Meta rejected the account {wabaId}.',
      pt: 'A Meta rejeitou a conta {wabaId}.',
    },
    fix: {
      es: 'Lee la causa en Asistencia para empresas y pide otra revisión desde ahí.',
      en: 'Read the cause in Business Support and ask for another review there.',
      pt: 'Leia a causa na Ajuda para empresas e peça outra revisão ali.',
    },
    page: pages.support,
  },
  'business not verified': {
    state: 'warning',
    seen: {
      es: 'La empresa no está verificada ({status}).',
      en: 'The business is not verified ({status}).',
      pt: 'A empresa não está verificada ({status}).',
    },
    fix: {
      es: 'En el Centro de seguridad, inicia la verificación con los documentos de la empresa: sin ella el límite queda en 250 al día.',
      en: 'In the Security Center, begin the verification with the business’s documents: without it the limit stays at 250 a day.',
      pt: 'Na Central de segurança, inicie a verificação com os documentos da empresa: sem ela o limite fica em 250 por dia.',
    },
    page: pages.security,
  },
  'sending limited': {
    state: 'warning',
    seen: {
      es: 'Se puede enviar, con límites. {causes}',
      en: 'It can send, with limits. {causes}',
      pt: 'Pode enviar, com limites. {causes}',
    },
    fix: { es: 'Meta aconseja: {solution}', en: 'Meta advises: {solution}', pt: 'A Meta aconselha: {solution}' },
    page: pages.numbers,
  },
  'sending blocked': {
    state: 'failed',
    seen: { es: 'No se puede enviar. {causes}', en: 'It cannot send. {causes}', pt: 'Não pode enviar. {causes}' },
    fix: { es: 'Meta aconseja: {solution}', en: 'Meta advises: {solution}', pt: 'A Meta aconselha: {solution}' },
    page: pages.numbers,
  },
  'payment well': {
    state: 'ok',
    seen: {
      es: 'Meta no señala problemas de pago.',
      en: 'Meta names no trouble with payment.',
      pt: 'A Meta não aponta problemas de pagamento.',
    },
  },
  'payment trouble': {
    state: 'failed',
    seen: {
      es: 'El método de pago falta o falla: {reason}.',
      en: 'The payment method is missing or fails: {reason}.',
      pt: 'A forma de pagamento falta ou falha: {reason}.',
    },
    fix: {
      es: 'En Facturación, añade o corrige el método de pago de la cuenta {wabaId}; después reanuda el número.',
      en: 'In Billing, add or mend the payment method of the account {wabaId}; then resume the number.',
      pt: 'Em Faturamento, adicione ou corrija a forma de pagamento da conta {wabaId}; depois retome o número.',
    },
    page: pages.billing,
  },
  'no restrictions': {
    state: 'ok',
    seen: { es: 'Meta no ha avisado de ninguna.', en: 'Meta has told of none.', pt: 'A Meta não avisou de nenhuma.' },
  },
  restricted: {
    state: 'failed',
    seen: {
      es: 'Meta restringió la cuenta el {at}, hasta {until}: {kinds}.',
      en: 'Meta restricted the account on {at}, until {until}: {kinds}.',
      pt: 'A Meta restringiu a conta em {at}, até {until}: {kinds}.',
    },
    fix: {
      es: 'Lee la causa en Asistencia para empresas y, si no es justa, pide una revisión; las respuestas dentro de la ventana siguen saliendo.',
      en: 'Read the cause in Business Support and, if it is not just, ask for a review; answers within the window still go out.',
      pt: 'Leia a causa na Ajuda para empresas e, se não for justa, peça uma revisão; as respostas dentro da janela continuam saindo.',
    },
    page: pages.support,
  },
  violation: {
    state: 'warning',
    seen: {
      es: 'Meta avisó el {at} de una infracción de sus políticas: {kinds}.',
      en: 'Meta told on {at} of a violation of its policies: {kinds}.',
      pt: 'A Meta avisou em {at} de uma infração das suas políticas: {kinds}.',
    },
    fix: {
      es: 'Corrige lo que nombra antes de mandar más plantillas: con otra, Meta bloquea la cuenta de 1 a 30 días.',
      en: 'Mend what it names before more templates go out: after another, Meta blocks the account for 1 to 30 days.',
      pt: 'Corrija o que ela nomeia antes de enviar mais modelos: com outra, a Meta bloqueia a conta de 1 a 30 dias.',
    },
    page: pages.support,
  },
  banned: {
    state: 'failed',
    seen: {
      es: 'Meta bloquea la cuenta (aviso del {at}: {kinds}).',
      en: 'Meta bans the account (told on {at}: {kinds}).',
      pt: 'A Meta bloqueia a conta (aviso de {at}: {kinds}).',
    },
    fix: {
      es: 'Pide una revisión en Asistencia para empresas; hasta entonces usa otro número.',
      en: 'Ask for a review in Business Support; until then use another number.',
      pt: 'Peça uma revisão na Ajuda para empresas; até lá use outro número.',
    },
    page: pages.support,
  },
  'no templates': {
    state: 'warning',
    seen: {
      es: 'No hay plantillas aprobadas (rechazadas: {rejected}): fuera de la ventana de 24 horas no se puede escribir.',
      en: 'There are no approved templates (rejected: {rejected}): outside the 24-hour window nothing can be written.',
      pt: 'Não há modelos aprovados (rejeitados: {rejected}): fora da janela de 24 horas não se pode escrever.',
    },
    fix: {
      es: 'Sincroniza las plantillas (POST /templates/sync) o crea una y espera su aprobación.',
      en: 'Sync the templates (POST /templates/sync), or make one and wait for its approval.',
      pt: 'Sincronize os modelos (POST /templates/sync) ou crie um e espere a aprovação.',
    },
    page: pages.templates,
  },
  'templates paused': {
    state: 'warning',
    seen: {
      es: '{approved} aprobadas; {paused} en pausa y {disabled} desactivadas por su calidad.',
      en: '{approved} approved; {paused} paused and {disabled} disabled for their quality.',
      pt: '{approved} aprovados; {paused} em pausa e {disabled} desativados pela qualidade.',
    },
    fix: {
      es: 'Edita las que están en pausa para que digan lo que el cliente espera; a la tercera pausa Meta las desactiva.',
      en: 'Edit those that are paused to say what the customer expects; at the third pause Meta disables them.',
      pt: 'Edite os que estão em pausa para dizerem o que o cliente espera; na terceira pausa a Meta os desativa.',
    },
    page: pages.templates,
  },
  'clock off': {
    state: 'warning',
    seen: {
      es: 'El reloj de este servicio se aparta {seconds} s del de Meta.',
      en: 'The clock of this service is {seconds} s away from Meta’s.',
      pt: 'O relógio deste serviço está {seconds} s longe do da Meta.',
    },
    fix: {
      es: 'Activa la sincronización de hora (NTP) en la máquina.',
      en: 'Switch time synchronisation (NTP) on at the machine.',
      pt: 'Ative a sincronização de hora (NTP) na máquina.',
    },
  },
  'clock wrong': {
    state: 'failed',
    seen: {
      es: 'El reloj de este servicio se aparta {seconds} s del de Meta: ventanas, plazos y firmas salen mal.',
      en: 'The clock of this service is {seconds} s away from Meta’s: windows, deadlines and signatures go wrong.',
      pt: 'O relógio deste serviço está {seconds} s longe do da Meta: janelas, prazos e assinaturas saem errados.',
    },
    fix: {
      es: 'Pon el reloj de la máquina en hora y activa la sincronización (NTP).',
      en: 'Set the machine’s clock right and switch synchronisation (NTP) on.',
      pt: 'Acerte o relógio da máquina e ative a sincronização (NTP).',
    },
  },
  'media not reachable': {
    state: 'failed',
    seen: {
      es: 'No se alcanza {host}, de donde se descargan los archivos: {reason}.',
      en: '{host}, where files are downloaded from, cannot be reached: {reason}.',
      pt: 'Não se alcança {host}, de onde se baixam os arquivos: {reason}.',
    },
    fix: {
      es: 'Permite la salida a {host} por el puerto 443 en el cortafuegos.',
      en: 'Let calls to {host}, port 443, out through the firewall.',
      pt: 'Permita a saída para {host} pela porta 443 no firewall.',
    },
  },
  fine: { state: 'ok', seen: { es: '{seen}', en: '{seen}', pt: '{seen}' } },
  'not told': {
    state: 'unknown',
    seen: {
      es: 'Meta no lo dijo ({reason}).',
      en: 'Meta did not tell it ({reason}).',
      pt: 'A Meta não disse ({reason}).',
    },
    fix: {
      es: 'Corrige antes lo que está en rojo y vuelve a comprobar; si sigue, mira el estado de la plataforma de Meta.',
      en: 'Mend what is red first and check again; if it stays, look at the state of Meta’s platform.',
      pt: 'Corrija antes o que está em vermelho e verifique de novo; se continuar, veja o estado da plataforma da Meta.',
    },
    page: pages.status,
  },
} as const satisfies Record<string, FindingWords>
