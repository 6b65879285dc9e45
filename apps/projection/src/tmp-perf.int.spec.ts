import { city, ISEHARA, openProjection } from './retention.fixture.js';
it('perf', async () => {
    const projection = await openProjection('perf');
    const story = city(ISEHARA, 2000, 7);
    let t = performance.now();
    await projection.load(story.events, 500);
    console.log('load', story.events.length, performance.now() - t);
    for (const round of [1,2]) {
    for (const m of ['headcount', 'sep.average', 'sep.wao']) for (const dims of [['sex'], ['department_then','grade','age_band']]) {
      t = performance.now();
      await projection.pool.query(`SELECT * FROM facts_v1.retention_cells($1,$2,2024,2,'2026-06-30','2027-01-01Z',$3)`, [ISEHARA, m, dims]);
      console.log(m, dims.length, performance.now() - t);
    }
    t = performance.now();
      await projection.pool.query(`SELECT * FROM facts_v1.retention_figures($1,$2,2024,2,'2026-06-30','2027-01-01Z')`, [ISEHARA, 'sep.rate']);
      console.log('figures', performance.now() - t);
    const ex = await projection.pool.query(`EXPLAIN (ANALYZE, COSTS OFF, SUMMARY OFF) SELECT * FROM facts_v1.retention_people('142140','headcount',2024,2,'2026-06-30','2027-01-01Z')`);
    console.log(ex.rows.map((r: any) => r['QUERY PLAN']).join('\n'));
    await projection.pool.query('ANALYZE'); }
    await projection.close();
}, 120000);
