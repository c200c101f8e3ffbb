-- What lies elsewhere and would be destroyed with the schemas of $1 and with the servers and wrappers of people.
-- Asked while readers wait, so each step goes by an index or a hash.
WITH old AS MATERIALIZED (
  SELECT oid FROM pg_namespace WHERE nspname = ANY ($1)
), gone (class, oid) AS MATERIALIZED (
  SELECT 'pg_class'::regclass::oid, c.oid FROM pg_class c JOIN old ON old.oid = relnamespace
  UNION ALL SELECT 'pg_proc'::regclass, p.oid FROM pg_proc p JOIN old ON old.oid = pronamespace
  UNION ALL SELECT 'pg_type'::regclass, t.oid FROM pg_type t JOIN old ON old.oid = typnamespace
  UNION ALL SELECT 'pg_constraint'::regclass, k.oid FROM pg_constraint k JOIN old ON old.oid = connamespace
  UNION ALL SELECT 'pg_operator'::regclass, o.oid FROM pg_operator o JOIN old ON old.oid = oprnamespace
  UNION ALL SELECT 'pg_opclass'::regclass, o.oid FROM pg_opclass o JOIN old ON old.oid = opcnamespace
  UNION ALL SELECT 'pg_opfamily'::regclass, o.oid FROM pg_opfamily o JOIN old ON old.oid = opfnamespace
  UNION ALL SELECT 'pg_collation'::regclass, o.oid FROM pg_collation o JOIN old ON old.oid = collnamespace
  UNION ALL SELECT 'pg_conversion'::regclass, o.oid FROM pg_conversion o JOIN old ON old.oid = connamespace
  UNION ALL SELECT 'pg_ts_dict'::regclass, o.oid FROM pg_ts_dict o JOIN old ON old.oid = dictnamespace
  UNION ALL SELECT 'pg_ts_config'::regclass, o.oid FROM pg_ts_config o JOIN old ON old.oid = cfgnamespace
  UNION ALL SELECT 'pg_foreign_server'::regclass, oid FROM pg_foreign_server WHERE oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e' AND classid = 'pg_foreign_server'::regclass)
  UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass, oid FROM pg_foreign_data_wrapper WHERE oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e' AND classid = 'pg_foreign_data_wrapper'::regclass)
), dependent (class, oid) AS MATERIALIZED (
  SELECT DISTINCT d.classid, d.objid FROM gone g, LATERAL (
    SELECT classid, objid FROM pg_depend WHERE refclassid = g.class AND refobjid = g.oid OFFSET 0) d
), placed (class, oid, relation, space) AS MATERIALIZED (
  -- What hangs on a relation lies where that lies.
  SELECT d.class, d.oid, r.relation, CASE d.class
      WHEN 'pg_class'::regclass THEN (SELECT relnamespace FROM pg_class c WHERE c.oid = d.oid)
      WHEN 'pg_proc'::regclass THEN (SELECT pronamespace FROM pg_proc p WHERE p.oid = d.oid)
      WHEN 'pg_type'::regclass THEN (SELECT typnamespace FROM pg_type t WHERE t.oid = d.oid)
      WHEN 'pg_constraint'::regclass THEN (SELECT connamespace FROM pg_constraint k WHERE k.oid = d.oid)
      WHEN 'pg_operator'::regclass THEN (SELECT oprnamespace FROM pg_operator o WHERE o.oid = d.oid)
      WHEN 'pg_opclass'::regclass THEN (SELECT opcnamespace FROM pg_opclass o WHERE o.oid = d.oid)
      WHEN 'pg_opfamily'::regclass THEN (SELECT opfnamespace FROM pg_opfamily o WHERE o.oid = d.oid)
      WHEN 'pg_conversion'::regclass THEN (SELECT connamespace FROM pg_conversion o WHERE o.oid = d.oid)
      WHEN 'pg_ts_dict'::regclass THEN (SELECT dictnamespace FROM pg_ts_dict o WHERE o.oid = d.oid)
      WHEN 'pg_ts_config'::regclass THEN (SELECT cfgnamespace FROM pg_ts_config o WHERE o.oid = d.oid)
      WHEN 'pg_statistic_ext'::regclass THEN (SELECT stxnamespace FROM pg_statistic_ext o WHERE o.oid = d.oid)
      ELSE (SELECT relnamespace FROM pg_class c WHERE c.oid = r.relation)
    END
  FROM dependent d, LATERAL (SELECT CASE d.class
      WHEN 'pg_rewrite'::regclass THEN (SELECT ev_class FROM pg_rewrite r WHERE r.oid = d.oid)
      WHEN 'pg_attrdef'::regclass THEN (SELECT adrelid FROM pg_attrdef a WHERE a.oid = d.oid)
      WHEN 'pg_trigger'::regclass THEN (SELECT tgrelid FROM pg_trigger t WHERE t.oid = d.oid AND NOT tgisinternal)
      WHEN 'pg_policy'::regclass THEN (SELECT polrelid FROM pg_policy p WHERE p.oid = d.oid)
    END) r (relation)
)
SELECT DISTINCT CASE p.class WHEN 'pg_rewrite'::regclass THEN pg_describe_object('pg_class'::regclass, p.relation, 0)
                ELSE pg_describe_object(p.class, p.oid, 0) END
  FROM placed p JOIN pg_namespace n ON n.oid = p.space
  WHERE p.space NOT IN (SELECT oid FROM old) AND n.nspname !~ '^pg_(toast|temp|toast_temp)'
  ORDER BY 1
