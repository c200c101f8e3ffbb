-- What lies elsewhere and would be destroyed with the schemas of $1 and with the servers and wrappers of people.
WITH old AS (
  SELECT oid FROM pg_namespace WHERE nspname = ANY ($1)
), thing (class, oid, space, owner, part) AS (
  -- `owner` and `part`: what a person calls it by.
  SELECT 'pg_class'::regclass, oid, relnamespace, 'pg_class'::regclass, oid FROM pg_class
  UNION ALL SELECT 'pg_rewrite'::regclass, r.oid, c.relnamespace, 'pg_class'::regclass, c.oid FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
  UNION ALL SELECT 'pg_attrdef'::regclass, a.oid, c.relnamespace, 'pg_attrdef'::regclass, a.oid FROM pg_attrdef a JOIN pg_class c ON c.oid = a.adrelid
  UNION ALL SELECT 'pg_trigger'::regclass, t.oid, c.relnamespace, 'pg_trigger'::regclass, t.oid FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal
  UNION ALL SELECT 'pg_policy'::regclass, p.oid, c.relnamespace, 'pg_policy'::regclass, p.oid FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
  UNION ALL SELECT 'pg_proc'::regclass, oid, pronamespace, 'pg_proc'::regclass, oid FROM pg_proc
  UNION ALL SELECT 'pg_type'::regclass, oid, typnamespace, 'pg_type'::regclass, oid FROM pg_type
  UNION ALL SELECT 'pg_constraint'::regclass, oid, connamespace, 'pg_constraint'::regclass, oid FROM pg_constraint
  UNION ALL SELECT 'pg_operator'::regclass, oid, oprnamespace, 'pg_operator'::regclass, oid FROM pg_operator
  UNION ALL SELECT 'pg_opclass'::regclass, oid, opcnamespace, 'pg_opclass'::regclass, oid FROM pg_opclass
  UNION ALL SELECT 'pg_opfamily'::regclass, oid, opfnamespace, 'pg_opfamily'::regclass, oid FROM pg_opfamily
  UNION ALL SELECT 'pg_collation'::regclass, oid, collnamespace, 'pg_collation'::regclass, oid FROM pg_collation
  UNION ALL SELECT 'pg_conversion'::regclass, oid, connamespace, 'pg_conversion'::regclass, oid FROM pg_conversion
  UNION ALL SELECT 'pg_ts_dict'::regclass, oid, dictnamespace, 'pg_ts_dict'::regclass, oid FROM pg_ts_dict
  UNION ALL SELECT 'pg_ts_config'::regclass, oid, cfgnamespace, 'pg_ts_config'::regclass, oid FROM pg_ts_config
  UNION ALL SELECT 'pg_statistic_ext'::regclass, oid, stxnamespace, 'pg_statistic_ext'::regclass, oid FROM pg_statistic_ext
), gone (class, oid) AS (
  SELECT t.class::oid, t.oid FROM thing t JOIN old ON old.oid = t.space
  UNION ALL SELECT 'pg_foreign_server'::regclass, oid FROM pg_foreign_server WHERE oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e' AND classid = 'pg_foreign_server'::regclass)
  UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass, oid FROM pg_foreign_data_wrapper WHERE oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e' AND classid = 'pg_foreign_data_wrapper'::regclass)
)
SELECT DISTINCT pg_describe_object(t.owner, t.part, 0)
  FROM pg_depend d JOIN gone g ON g.class = d.refclassid AND g.oid = d.refobjid
  JOIN thing t ON t.class = d.classid AND t.oid = d.objid
  JOIN pg_namespace n ON n.oid = t.space
  WHERE t.space NOT IN (SELECT oid FROM old) AND n.nspname !~ '^pg_(toast|temp|toast_temp)'
  ORDER BY 1
