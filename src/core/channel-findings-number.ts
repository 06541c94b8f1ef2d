/** What is said of the number and of what may be sent from it, in three languages. */
import { type FindingWords, pages } from './channel-finding.ts'

export const numberFindings = {
  'number not visible': {
    state: 'failed',
    seen: {
      es: 'Con este token no se ve el número {phoneNumberId}: {reason}.',
      en: 'With this token the number {phoneNumberId} cannot be seen: {reason}.',
      pt: 'Com este token não se vê o número {phoneNumberId}: {reason}.',
    },
    fix: {
      es: 'Comprueba en WhatsApp Manager que el número {phoneNumberId} está en la cuenta {wabaId}, y asigna esa cuenta al usuario del sistema.',
      en: 'See in WhatsApp Manager that the number {phoneNumberId} is in the account {wabaId}, and assign that account to the system user.',
      pt: 'Confira no WhatsApp Manager se o número {phoneNumberId} está na conta {wabaId} e atribua essa conta ao usuário do sistema.',
    },
    page: pages.numbers,
  },
  'not registered': {
    state: 'failed',
    seen: {
      es: 'El número no está registrado en la Cloud API ({status}).',
      en: 'The number is not registered with the Cloud API ({status}).',
      pt: 'O número não está registrado na Cloud API ({status}).',
    },
    fix: {
      es: 'Conecta el número otra vez con su PIN de seis cifras (POST /channels/connect, pin): se registra entonces.',
      en: 'Connect the number again with its PIN of six digits (POST /channels/connect, pin): it is registered then.',
      pt: 'Conecte o número de novo com o PIN de seis dígitos (POST /channels/connect, pin): ele é registrado então.',
    },
    page: pages.numbers,
  },
  'number flagged': {
    state: 'warning',
    seen: {
      es: 'Meta frena el número por su calidad ({status}).',
      en: 'Meta slows the number for its quality ({status}).',
      pt: 'A Meta freia o número pela qualidade ({status}).',
    },
    fix: {
      es: 'Deja de mandar plantillas de marketing unos días y escribe solo a quien lo pidió; si mejora en 7 días, vuelve a CONNECTED.',
      en: 'Send no marketing templates for some days, and write only to those who asked; if it mends within 7 days, it is CONNECTED again.',
      pt: 'Pare de enviar modelos de marketing por uns dias e escreva só a quem pediu; se melhorar em 7 dias, volta a CONNECTED.',
    },
    page: pages.numbers,
  },
  'number restricted': {
    state: 'failed',
    seen: {
      es: 'El número llegó a su límite y Meta lo restringió ({status}): no puede iniciar conversaciones.',
      en: 'The number reached its limit and Meta restricted it ({status}): it cannot begin conversations.',
      pt: 'O número atingiu o limite e a Meta o restringiu ({status}): não pode iniciar conversas.',
    },
    fix: {
      es: 'Responde a quien escriba; espera a que pasen las 24 horas del límite y mira la causa en Calidad de la cuenta.',
      en: 'Answer those who write; wait until the 24 hours of the limit are over, and look up the cause in Account quality.',
      pt: 'Responda a quem escrever; espere passarem as 24 horas do limite e veja a causa em Qualidade da conta.',
    },
    page: pages.support,
  },
  'number banned': {
    state: 'failed',
    seen: { es: 'Meta bloqueó el número.', en: 'Meta has banned the number.', pt: 'A Meta bloqueou o número.' },
    fix: {
      es: 'Lee la causa en Asistencia para empresas y pide una revisión desde ahí.',
      en: 'Read the cause in Business Support and ask for a review there.',
      pt: 'Leia a causa na Ajuda para empresas e peça uma revisão ali.',
    },
    page: pages.support,
  },
  'number offline': {
    state: 'failed',
    seen: {
      es: 'El número no está en servicio ({status}).',
      en: 'The number is not in service ({status}).',
      pt: 'O número não está em serviço ({status}).',
    },
    fix: {
      es: 'Ábrelo en WhatsApp Manager: si se borró o migró, conecta el que lo sustituye; si no, regístralo otra vez con su PIN.',
      en: 'Open it in WhatsApp Manager: if it was deleted or moved, connect the one in its place; if not, register it again with its PIN.',
      pt: 'Abra-o no WhatsApp Manager: se foi apagado ou migrado, conecte o que o substitui; se não, registre-o de novo com o PIN.',
    },
    page: pages.numbers,
  },
  'name in review': {
    state: 'warning',
    seen: {
      es: 'Meta revisa el nombre «{name}».',
      en: 'Meta reviews the name "{name}".',
      pt: 'A Meta revisa o nome «{name}».',
    },
    fix: {
      es: 'Espera la revisión (hasta dos días laborables); hasta entonces los clientes ven el número sin nombre.',
      en: 'Wait for the review (up to two working days); until then customers see the number without a name.',
      pt: 'Espere a revisão (até dois dias úteis); até lá os clientes veem o número sem nome.',
    },
    page: pages.numbers,
  },
  'name declined': {
    state: 'failed',
    seen: {
      es: 'Meta no aceptó el nombre «{name}» ({status}): los envíos fallan con 131037.',
      en: 'Meta did not accept the name "{name}" ({status}): sending fails with 131037.',
      pt: 'A Meta não aceitou o nome «{name}» ({status}): os envios falham com 131037.',
    },
    fix: {
      es: 'En WhatsApp Manager, edita el nombre para que sea el de la empresa tal como aparece en su web, y envíalo a revisión.',
      en: 'In WhatsApp Manager, edit the name to be the business’s as its web site has it, and submit it.',
      pt: 'No WhatsApp Manager, edite o nome para ser o da empresa como aparece no site dela e envie para revisão.',
    },
    page: pages.numbers,
  },
  'number not verified': {
    state: 'failed',
    seen: {
      es: 'Falta verificar el número con el código por SMS o llamada.',
      en: 'The number has still to be verified by the code in an SMS or a call.',
      pt: 'Falta verificar o número com o código por SMS ou ligação.',
    },
    fix: {
      es: 'En WhatsApp Manager, pide el código y escríbelo; después conecta el número.',
      en: 'In WhatsApp Manager, ask for the code and enter it; then connect the number.',
      pt: 'No WhatsApp Manager, peça o código e digite-o; depois conecte o número.',
    },
    page: pages.numbers,
  },
  'pin set': { state: 'ok', seen: { es: 'Puesto.', en: 'Set.', pt: 'Definido.' } },
  'pin in the app': {
    state: 'ok',
    seen: {
      es: 'Lo lleva la aplicación WhatsApp Business.',
      en: 'The WhatsApp Business app keeps it.',
      pt: 'O aplicativo WhatsApp Business o guarda.',
    },
  },
  'no pin': {
    state: 'warning',
    seen: {
      es: 'El número no tiene PIN de verificación en dos pasos: otro podría registrarlo.',
      en: 'The number has no PIN of two-step verification: somebody else could register it.',
      pt: 'O número não tem PIN de verificação em duas etapas: outro poderia registrá-lo.',
    },
    fix: {
      es: 'En WhatsApp Manager › número › Verificación en dos pasos, pon un PIN y guárdalo en un lugar seguro.',
      en: 'In WhatsApp Manager › number › Two-step verification, set a PIN and keep it in a safe place.',
      pt: 'No WhatsApp Manager › número › Verificação em duas etapas, defina um PIN e guarde-o em lugar seguro.',
    },
    page: pages.numbers,
  },
  'quality medium': {
    state: 'warning',
    seen: { es: 'Calidad media (YELLOW).', en: 'Medium quality (YELLOW).', pt: 'Qualidade média (YELLOW).' },
    fix: {
      es: 'Mira qué plantillas se bloquean o denuncian, y no las mandes más a quien no responde.',
      en: 'See which templates are blocked or reported, and do not send them to those who never answer.',
      pt: 'Veja quais modelos são bloqueados ou denunciados e não os envie mais a quem não responde.',
    },
    page: pages.numbers,
  },
  'quality low': {
    state: 'failed',
    seen: { es: 'Calidad baja (RED).', en: 'Low quality (RED).', pt: 'Qualidade baixa (RED).' },
    fix: {
      es: 'Detén hoy las campañas: con calidad baja Meta no sube el límite y puede frenar el número. Escribe solo a quien lo pidió.',
      en: 'Stop campaigns today: with low quality Meta does not raise the limit and may slow the number. Write only to those who asked.',
      pt: 'Pare hoje as campanhas: com qualidade baixa a Meta não aumenta o limite e pode frear o número. Escreva só a quem pediu.',
    },
    page: pages.numbers,
  },
  'limit low': {
    state: 'warning',
    seen: {
      es: 'La empresa puede iniciar conversaciones con {limit} clientes por día.',
      en: 'The business may begin conversations with {limit} customers a day.',
      pt: 'A empresa pode iniciar conversas com {limit} clientes por dia.',
    },
    fix: {
      es: 'Para subir a 2 000, verifica la empresa en el Centro de seguridad, o conversa con buena calidad con 2 000 clientes en 30 días.',
      en: 'To get to 2,000, verify the business in the Security Center, or converse at good quality with 2,000 customers in 30 days.',
      pt: 'Para subir a 2.000, verifique a empresa na Central de segurança, ou converse com boa qualidade com 2.000 clientes em 30 dias.',
    },
    page: pages.security,
  },
  'limit not told': {
    state: 'unknown',
    seen: { es: 'Meta no dijo el límite.', en: 'Meta did not tell the limit.', pt: 'A Meta não disse o limite.' },
    fix: {
      es: 'Míralo en WhatsApp Manager › Números de teléfono.',
      en: 'Look it up in WhatsApp Manager › Phone numbers.',
      pt: 'Veja no WhatsApp Manager › Números de telefone.',
    },
    page: pages.numbers,
  },
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
