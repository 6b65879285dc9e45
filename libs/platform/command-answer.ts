import { ApiProperty } from '@nestjs/swagger';
import type { AppendResult } from '#libs/event-store/event-store';

/**
 * What every command answers. Like any answer with a number `version`, it is sent with `ETag: "<version>"`, for a later
 * `If-Match`.
 */
export class CommandAnswer {
  @ApiProperty({ description: 'Id of what was created or changed.' })
  readonly id: string;

  @ApiProperty({ description: 'Version of the stream after the command, as in ETag.' })
  readonly version: number;

  @ApiProperty({ description: 'Pass as `after` to a list to read your own write.' })
  readonly position: number;

  @ApiProperty({ description: 'True when this Idempotency-Key had been used: the first result is repeated.' })
  readonly repeated: boolean;

  static of(id: string, { version, position, repeated }: AppendResult): CommandAnswer {
    return Object.assign(new CommandAnswer(), { id, version, position, repeated });
  }
}
