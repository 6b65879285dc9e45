import { ApiProperty } from '@nestjs/swagger';
import type { AppendResult } from '#libs/event-store/event-store';

/**
 * What every command answers. Like any answer with a number `version`, it is sent with `ETag: "<version>"`, for a later
 * `If-Match`.
 */
export class CommandAnswer {
  @ApiProperty({ description: '作成または変更したもののID' })
  readonly id: string;

  @ApiProperty({ description: '処理後の版（ETag と同じ）' })
  readonly version: number;

  @ApiProperty({ description: '一覧の `after` に指定すると、この変更を含む一覧が得られる。' })
  readonly position: number;

  @ApiProperty({ description: 'この Idempotency-Key が使用済みで、最初の結果を返した場合に true' })
  readonly repeated: boolean;

  static of(id: string, { version, position, repeated }: AppendResult): CommandAnswer {
    return Object.assign(new CommandAnswer(), { id, version, position, repeated });
  }
}
