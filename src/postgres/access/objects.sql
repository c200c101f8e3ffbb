WITH member AS (
  SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
), space AS (
  SELECT n.oid, n.nspname = 'pg_catalog' AS of_system FROM pg_namespace n
    WHERE n.nspname = 'pg_catalog' OR n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), thing (class, oid, part, kind, letter, owner, acl, of_system, bound) AS (
  -- `bound`: its owner follows another object's.
  SELECT 'pg_namespace'::regclass, n.oid, 0, 'SCHEMA', 'n', nspowner, nspacl, s.of_system, false
    FROM pg_namespace n JOIN space s ON s.oid = n.oid
  UNION ALL
  SELECT 'pg_class'::regclass, c.oid, 0,
         CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END,
         CASE relkind WHEN 'S' THEN 's' ELSE 'r' END, relowner, relacl, s.of_system,
         relkind = 'S' AND EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                                   AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i'))
    FROM pg_class c JOIN space s ON s.oid = c.relnamespace
    WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND relpersistence <> 't'
  UNION ALL
  SELECT 'pg_class'::regclass, c.oid, a.attnum, 'COLUMN', 'c', relowner, attacl, s.of_system, true
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN space s ON s.oid = c.relnamespace
    WHERE NOT attisdropped AND relpersistence <> 't' AND (attacl IS NOT NULL OR EXISTS (SELECT FROM pg_init_privs i
          WHERE i.classoid = 'pg_class'::regclass AND i.objoid = c.oid AND i.objsubid = a.attnum))
  UNION ALL
  SELECT 'pg_proc'::regclass, p.oid, 0, 'ROUTINE', 'f', proowner, proacl, s.of_system, false
    FROM pg_proc p JOIN space s ON s.oid = p.pronamespace
    WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')
  UNION ALL
  SELECT 'pg_type'::regclass, t.oid, 0, 'TYPE', 'T', typowner, typacl, s.of_system, false
    FROM pg_type t JOIN space s ON s.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE typtype <> 'm' AND (typrelid = 0 OR c.relkind = 'c') AND NOT EXISTS (SELECT FROM pg_type o WHERE o.typarray = t.oid)
  UNION ALL
  SELECT 'pg_language'::regclass, oid, 0, 'LANGUAGE', 'l', lanowner, lanacl, oid < 16384, false FROM pg_language
  UNION ALL
  SELECT 'pg_foreign_data_wrapper'::regclass, oid, 0, 'FOREIGN DATA WRAPPER', 'F', fdwowner, fdwacl, false, false FROM pg_foreign_data_wrapper
  UNION ALL
  SELECT 'pg_foreign_server'::regclass, oid, 0, 'SERVER', 'S', srvowner, srvacl, false, false FROM pg_foreign_server
  UNION ALL
  SELECT 'pg_operator'::regclass, o.oid, 0, 'OPERATOR', '', oprowner, NULL, s.of_system, false FROM pg_operator o JOIN space s ON s.oid = oprnamespace
  UNION ALL
  SELECT 'pg_opclass'::regclass, o.oid, 0, 'OPERATOR CLASS', '', opcowner, NULL, s.of_system, false FROM pg_opclass o JOIN space s ON s.oid = opcnamespace
  UNION ALL
  SELECT 'pg_opfamily'::regclass, o.oid, 0, 'OPERATOR FAMILY', '', opfowner, NULL, s.of_system, false FROM pg_opfamily o JOIN space s ON s.oid = opfnamespace
  UNION ALL
  SELECT 'pg_collation'::regclass, o.oid, 0, 'COLLATION', '', collowner, NULL, s.of_system, false FROM pg_collation o JOIN space s ON s.oid = collnamespace
  UNION ALL
  SELECT 'pg_conversion'::regclass, o.oid, 0, 'CONVERSION', '', conowner, NULL, s.of_system, false FROM pg_conversion o JOIN space s ON s.oid = connamespace
  UNION ALL
  SELECT 'pg_ts_dict'::regclass, o.oid, 0, 'TEXT SEARCH DICTIONARY', '', dictowner, NULL, s.of_system, false FROM pg_ts_dict o JOIN space s ON s.oid = dictnamespace
  UNION ALL
  SELECT 'pg_ts_config'::regclass, o.oid, 0, 'TEXT SEARCH CONFIGURATION', '', cfgowner, NULL, s.of_system, false FROM pg_ts_config o JOIN space s ON s.oid = cfgnamespace
  UNION ALL
  SELECT 'pg_statistic_ext'::regclass, o.oid, 0, 'STATISTICS', '', stxowner, NULL, s.of_system, false FROM pg_statistic_ext o JOIN space s ON s.oid = stxnamespace
), known AS (
  -- `given`: what it had when the system or its extension was made; only what differs from that is a person's.
  SELECT t.*, m.objid IS NOT NULL OR t.of_system AS given, i.initprivs
    FROM thing t LEFT JOIN member m ON m.classid = t.class AND m.objid = t.oid
    LEFT JOIN pg_init_privs i ON i.classoid = t.class AND i.objoid = t.oid AND i.objsubid = t.part
)
SELECT k.kind, y.identity, (SELECT attname::text FROM pg_attribute WHERE attrelid = k.oid AND attnum = k.part AND k.part > 0), y.schema,
       o.rolname::text, k.given, k.bound, k.kind = 'SCHEMA' AND y.identity = 'public' AND owner = 10,
       a.items, b.items
  FROM known k JOIN pg_roles o ON o.oid = k.owner
  CROSS JOIN LATERAL pg_identify_object(k.class, k.oid, 0) y
  LEFT JOIN LATERAL (SELECT count(*) AS privileges FROM aclexplode(acldefault(nullif(k.letter, '')::"char", k.owner)) d WHERE d.grantee = k.owner) f ON k.acl IS NOT NULL OR k.given
  LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_array(by, whom, CASE WHEN count = f.privileges THEN '["ALL"]'::jsonb ELSE what END, option) ORDER BY place)::text AS items FROM (
      SELECT CASE e.grantor WHEN k.owner THEN 'o' ELSE 'r' || g.rolname END AS by,
             CASE e.grantee WHEN 0 THEN 'p' WHEN k.owner THEN 'o' ELSE 'r' || w.rolname END AS whom,
             jsonb_agg(e.privilege_type ORDER BY e.privilege_type) AS what, count(*), e.is_grantable AS option, min(e.ordinality) AS place
        FROM aclexplode(k.acl) WITH ORDINALITY e LEFT JOIN pg_roles g ON g.oid = e.grantor LEFT JOIN pg_roles w ON w.oid = e.grantee
        WHERE g.oid IS NOT NULL AND (w.oid IS NOT NULL OR e.grantee = 0) GROUP BY e.grantor, g.rolname, e.grantee, w.rolname, e.is_grantable) x) a ON k.acl IS NOT NULL
  LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_array(by, whom, CASE WHEN count = f.privileges THEN '["ALL"]'::jsonb ELSE what END, option) ORDER BY place)::text AS items FROM (
      SELECT CASE e.grantor WHEN k.owner THEN 'o' ELSE 'r' || g.rolname END AS by,
             CASE e.grantee WHEN 0 THEN 'p' WHEN k.owner THEN 'o' ELSE 'r' || w.rolname END AS whom,
             jsonb_agg(e.privilege_type ORDER BY e.privilege_type) AS what, count(*), e.is_grantable AS option, min(e.ordinality) AS place
        FROM aclexplode(k.initprivs) WITH ORDINALITY e LEFT JOIN pg_roles g ON g.oid = e.grantor LEFT JOIN pg_roles w ON w.oid = e.grantee
        WHERE g.oid IS NOT NULL AND (w.oid IS NOT NULL OR e.grantee = 0) GROUP BY e.grantor, g.rolname, e.grantee, w.rolname, e.is_grantable) x) b ON k.given AND k.initprivs IS NOT NULL
  WHERE (NOT k.given OR k.acl IS DISTINCT FROM k.initprivs) AND ($1 OR k.kind = 'SCHEMA')
  ORDER BY k.kind = 'COLUMN', k.kind, y.identity, k.part
