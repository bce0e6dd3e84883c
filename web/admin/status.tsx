import type { RegistrationStatus } from '../../functions/registration/model.ts';
import { Tag, type TagColour } from '../shared/show.tsx';
import { useText } from './texts.ts';

/** Colour of a registration's status; its words say the same. */
function colourOf(status: RegistrationStatus): TagColour {
  switch (status) {
    case 'SUBMITTED':
    case 'ACCEPTED':
    case 'AWAITING_PAYMENT':
      return 'yellow';
    case 'PAID':
    case 'COVERED':
    case 'IN_TRAINING':
    case 'READY_TO_SUBMIT':
    case 'SUBMITTED_WORK':
    case 'IN_ASSESSMENT':
    case 'IN_MODERATION':
    case 'DECIDED':
      return 'blue';
    case 'AWARDED':
    case 'AWARDED_LOWER':
      return 'green';
    case 'DEFERRED_FURTHER_EVIDENCE':
    case 'WORKING_TOWARDS':
      return 'purple';
    case 'NOT_AWARDED':
    case 'WITHDRAWN':
    case 'LAPSED':
    case 'MISSED':
      return 'grey';
  }
}

/** Where a registration stands, in words. */
export function StatusTag({ status }: { status: RegistrationStatus }) {
  const t = useText();
  return <Tag colour={colourOf(status)}>{t(`status.${status}`)}</Tag>;
}
