import { buildMessage, ValidateBy } from 'class-validator';
import { isLocalDate } from '#libs/law/local-date';

/** A day of the calendar as `YYYY-MM-DD`, nothing longer. */
export const IsLocalDate = (): PropertyDecorator =>
  ValidateBy({
    name: 'isDateString',
    validator: {
      validate: (value) => typeof value === 'string' && isLocalDate(value),
      defaultMessage: buildMessage((prefix) => `${prefix}$property must be a date (YYYY-MM-DD)`),
    },
  });
