import { ApiProperty } from '@nestjs/swagger';
import { buildMessage, ValidateBy } from 'class-validator';
import { isLocalDate } from '#libs/law/local-date';

/** Days a career of today can name, births and foreseen ends included; what lies outside is a slip of the pen. */
export const EARLIEST = '1900-01-01';
export const LATEST = '2199-12-31';

/** A day of the calendar as `YYYY-MM-DD`, nothing longer, between `EARLIEST` and `LATEST`; the OpenAPI document says so. */
export const IsLocalDate = (): PropertyDecorator => {
  const isDate = ValidateBy({
    name: 'isDateString',
    validator: {
      validate: (value) => typeof value === 'string' && isLocalDate(value) && EARLIEST <= value && value <= LATEST,
      defaultMessage: buildMessage(
        (prefix) => `${prefix}$property must be a date (YYYY-MM-DD) from ${EARLIEST} to ${LATEST}`,
      ),
    },
  });
  const described = ApiProperty({ type: String, format: 'date' });
  return (target, property) => {
    isDate(target, property);
    described(target, property);
  };
};
