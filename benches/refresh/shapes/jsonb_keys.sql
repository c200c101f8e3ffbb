select format(statement, number) from part, (values
  (1, 'alter table documents_%1$s add primary key (id)'),
  (2, 'create index on documents_%1$s using gin (profile jsonb_path_ops)'),
  (3, 'create index on documents_%1$s ((profile ->> ''email''))'),
  (4, 'create index on documents_%1$s (updated_at)')) of_each (at, statement) order by number, at \gexec
