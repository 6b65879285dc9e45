/**
 * What everybody who can connect to a Postgres database may do and read, and analysts must not: make and write large
 * objects, and read the server's statistics (who is connected, how many rows other cities' analysts read). The service
 * itself goes on seeing whether Postgres has crashed, and may limit temporary files of roles it makes. The functions and views belong to the superuser, so it takes one; run
 * by anybody else it changes nothing.
 * @param owner role of the service
 */
export const closedDatabase = (owner: string): string => `
  DO $$ DECLARE it record; BEGIN
    FOR it IN SELECT p.oid::regprocedure::text AS name FROM pg_proc p
               WHERE ${OPEN_FUNCTION} AND pg_has_role(p.proowner, 'USAGE')
    LOOP EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', it.name); END LOOP;
    FOR it IN SELECT c.oid::regclass::text AS name FROM pg_class c
               WHERE ${OPEN_VIEW} AND pg_has_role(c.relowner, 'USAGE')
    LOOP EXECUTE format('REVOKE SELECT ON %s FROM PUBLIC', it.name); END LOOP;
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
      EXECUTE format('GRANT SET ON PARAMETER temp_file_limit TO %I', '${owner}');
      EXECUTE format('GRANT EXECUTE ON FUNCTION pg_stat_get_bgwriter_stat_reset_time() TO %I', '${owner}');
    END IF;
  END $$;`;

const OPEN_FUNCTION = `p.pronamespace = 'pg_catalog'::regnamespace
                 AND (p.proname ~ '^lo_|^pg_stat_get_' OR p.proname IN ('loread', 'lowrite'))
                 AND has_function_privilege('public', p.oid, 'EXECUTE')`;
const OPEN_VIEW = `c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'v' AND c.relname ~ '^pg_stat(io)?_'
                 AND has_table_privilege('public', c.oid, 'SELECT')`;

/** How many of them are still open to everybody, as `open`. */
export const LEFT_OPEN = `
  SELECT ((SELECT count(*) FROM pg_proc p WHERE ${OPEN_FUNCTION})
        + (SELECT count(*) FROM pg_class c WHERE ${OPEN_VIEW}))::integer AS open`;
