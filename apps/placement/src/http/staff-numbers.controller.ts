import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsString, MaxLength } from 'class-validator';
import { Allow, By, System, type Caller } from '#libs/platform/caller';
import { StaffNumbers } from '../staff-numbers.js';

class LookupBody {
  @ApiProperty({ type: [String], maxItems: 1000, description: '職員番号' })
  @IsArray()
  @ArrayMaxSize(1000)
  @IsString({ each: true })
  @MaxLength(40, { each: true })
  numbers: string[];
}

class LookupAnswer {
  @ApiProperty({
    type: 'array',
    items: { type: 'string', nullable: true },
    description: '職員番号の順。該当者がいなければ null',
  })
  staffIds: (string | null)[];
}

/** For services whose files name staff by number: whoever has the number learns the id, nothing else. */
@ApiTags('職員台帳')
@System('P1')
@Controller('staff-numbers')
export class StaffNumbersController {
  constructor(private readonly staffNumbers: StaffNumbers) {}

  @Post('lookup')
  @HttpCode(200)
  @Allow('service')
  @ApiOperation({ summary: '職員番号から職員を引く（他サービスの取込用）' })
  @ApiOkResponse({ type: LookupAnswer, description: '職員番号の順に、職員のID' })
  async lookup(@By() { municipality }: Caller, @Body() { numbers }: LookupBody): Promise<LookupAnswer> {
    const keys = await this.staffNumbers.keys(municipality, numbers);
    const holders = await this.staffNumbers.holders(municipality, keys);
    return { staffIds: holders.map((staffId) => staffId ?? null) };
  }
}
