select format(statement, number) from part, (values
  (1, 'alter table tenant_%1$s add primary key (id)'),
  (2, 'create index on tenant_%1$s (email)')) of_each (at, statement) order by number, at \gexec
